import { expect, it } from 'vitest'
import * as scene from '../functions/provisioning/scene.ts'
import { startTestEngine } from '../support/engine.ts'
import { compare } from '../support/keystone/equal.ts'
import { gate, isAssignment } from '../support/keystone/gate.ts'
import { connectTo, ownKeystone } from '../support/keystone/shared.ts'
import { equal, startStory } from '../support/keystone/story.ts'
import type { TimedEvent } from '../support/timeline.ts'

const engine = await startTestEngine()
const own = await ownKeystone()
const direct = connectTo(own.variables)
const begin = () => startStory(engine, direct)

/** What has just been granted, and is on its way when it's taken back. */
const interruptions: [name: string, given: TimedEvent[], taken: TimedEvent[]][] = [
  ['the membership is revoked', [scene.grant(10, 'tom', 'web', ['full'])], [scene.revoke(11, 'tom', 'web')]],
  ['the user is deleted', [scene.grant(10, 'tom', 'web', ['full'])], [scene.userGone(11, 'tom')]],
  [
    'the user becomes billing',
    [scene.grant(10, 'tom', 'web', ['full'])],
    [scene.becomes(11, 'tom', 'billing')],
  ],
  ['the project is deleted', [scene.grant(10, 'tom', 'web', ['full'])], [scene.projectGone(11, 'web')]],
  [
    'the customer is suspended',
    [scene.grant(10, 'tom', 'web', ['full'])],
    [scene.becomesCustomer(11, 'suspended')],
  ],
  [
    'the admin is demoted',
    [scene.user(10, 'kim', 'admin'), scene.project(11, 'shop')],
    [scene.becomes(12, 'kim', 'tech')],
  ],
]

type Story = Awaited<ReturnType<typeof begin>>
type Interruption = (typeof interruptions)[number]

/** An older run is about to give something when that's taken back, and goes on after somebody newer has come by. */
async function overtake([, given, taken]: Interruption, comeBy: (story: Story) => Promise<unknown>) {
  const story = await begin()
  await story.tell(...given)
  const { keystone, isReached, open } = gate(direct, isAssignment)
  const older = story.worker(keystone).sweep()
  await isReached
  await story.tell(...taken)
  await comeBy(story)
  open()
  await older
  await story.follow()
  expect(await story.differences()).toEqual(equal)
}

it.each(interruptions)(
  'a run that gives what is taken back meanwhile does not have the last word: %s',
  // Who may not be at the same project at the same time.
  (...interruption) => overtake(interruption, ({ openstack }) => openstack.sweep()),
)

it.each(interruptions)('nor does one that was thought dead and comes back: %s', (...interruption) =>
  overtake(interruption, async ({ openstack, advance }) => {
    advance(130_000)
    await openstack.sweep()
    await openstack.sweep()
  }),
)

it('a project is called ready only with everybody in it who was granted something before', async () => {
  const story = await begin()
  const { table, customerId } = story
  /** Of every project that is called ready, Keystone has all that the directory said before it was asked. */
  const expectTruth = async () => {
    const ready = await story.readyOnes()
    const { should, is } = await compare(table, direct, customerId)
    const present = new Set(is)
    const isOf = (line: string) => ready.some((name) => line.endsWith(` in ${name}`))
    expect(should.filter((line) => isOf(line) && !present.has(line))).toEqual([])
  }
  const steps = [
    [scene.grant(10, 'tom', 'web', ['compute:read'])],
    [scene.user(11, 'kim', 'admin'), scene.project(12, 'shop')],
    [scene.becomes(13, 'tom', 'admin'), scene.project(14, 'blog')],
    [scene.becomesCustomer(15, 'suspended')],
    [scene.becomesCustomer(16, 'resumed')],
    [scene.grant(17, 'kim', 'web', ['dns:read'])],
  ]
  for (const events of steps) {
    await story.tell(...events)
    let isOver = false
    const sweeping = (async () => {
      while (!(await story.isSettled())) await story.openstack.sweep()
      isOver = true
    })()
    do await expectTruth()
    while (!isOver)
    await sweeping
    await expectTruth()
  }
})
