import { expect, it } from 'vitest'
import * as scene from '../functions/provisioning/scene.ts'
import { startTestEngine } from '../support/engine.ts'
import { compare } from '../support/keystone/equal.ts'
import { pauseCall, isAssignment } from '../support/keystone/pause-call.ts'
import { connectTo, ownKeystone } from '../support/keystone/shared.ts'
import { startCustomer } from '../support/keystone/customer.ts'
import type { TimedEvent } from '../support/timeline.ts'

const engine = await startTestEngine()
const own = await ownKeystone()
const direct = connectTo(own.variables)
const begin = () => startCustomer(engine, direct)

/** Grants that are revoked while a run is about to make them. */
const tomIn = [scene.membership.granted(10, 'tom', 'web')]
const kimIn = [scene.user.created(10, 'kim', 'admin'), scene.project.created(11, 'shop')]
const interruptions: [name: string, given: TimedEvent[], taken: TimedEvent][] = [
  ['the membership is revoked', tomIn, scene.membership.revoked(11, 'tom', 'web')],
  ['the user is deleted', tomIn, scene.user.deleted(11, 'tom')],
  ['the user becomes billing', tomIn, scene.user.typeChanged(11, 'tom', 'billing')],
  ['the project is deleted', tomIn, scene.project.deleted(11, 'web')],
  ['the customer is suspended', tomIn, scene.customer.suspended(11)],
  ['the admin is demoted', kimIn, scene.user.typeChanged(12, 'kim', 'tech')],
]

type Story = Awaited<ReturnType<typeof begin>>
type Interruption = (typeof interruptions)[number]

/** An older run is about to grant a role when that is revoked, and continues after a newer run. */
async function overtake([, given, taken]: Interruption, comeBy: (acme: Story) => Promise<unknown>) {
  const acme = await begin()
  await acme.deliver(...given)
  await acme.overtake(pauseCall(direct, isAssignment), async () => {
    await acme.deliver(taken)
    await comeBy(acme)
  })
  await acme.expectEqualInTheEnd()
}

it.each(interruptions)(
  'a run that grants a role which was revoked meanwhile is corrected: %s',
  // Runs that exclude each other.
  (...interruption) => overtake(interruption, ({ sweep }) => sweep()),
)

it.each(interruptions)('nor does one that was thought dead and comes back: %s', (...interruption) =>
  overtake(interruption, ({ sweep, advance }) => {
    advance(130_000)
    return sweep(2)
  }),
)

it('a ready project has every member whose grant was committed before', async () => {
  const acme = await begin()
  const { table, customerId } = acme
  /** Keystone has the complete earlier state of the directory for every ready project. */
  const expectTruth = async () => {
    const ready = await acme.readyProjects()
    const { expected: should, actual: is } = await compare(table, direct, customerId)
    const present = new Set(is)
    const isOf = (line: string) => ready.some((name) => line.endsWith(` in ${name}`))
    expect(should.filter((line) => isOf(line) && !present.has(line))).toEqual([])
  }
  const steps = [
    [scene.membership.granted(10, 'tom', 'web', ['compute:read'])],
    [scene.user.created(11, 'kim', 'admin'), scene.project.created(12, 'shop')],
    [scene.user.typeChanged(13, 'tom', 'admin'), scene.project.created(14, 'blog')],
    [scene.customer.suspended(15)],
    [scene.customer.resumed(16)],
    [scene.membership.granted(17, 'kim', 'web', ['dns:read'])],
  ]
  for (const events of steps) {
    await acme.deliver(...events)
    let isOver = false
    const sweeping = (async () => {
      while (!(await acme.isSettled())) await acme.openstack.sweep()
      isOver = true
    })()
    do await expectTruth()
    while (!isOver)
    await sweeping
    await expectTruth()
  }
})
