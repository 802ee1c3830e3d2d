import { expect, test } from 'vitest'
import { differenceOf, render } from '../../order/judge.ts'
import { storiesOf } from '../../order/stories.ts'
import { startTestEngine } from '../../support/engine.ts'
import { runs } from '../../support/long.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import { Random } from '../../support/random.ts'
import { nextCustomer, orders, tell } from '../provisioning/arrivals.ts'
import { allEvents } from '../provisioning/replay.ts'
import { anns, customer, project, server, withId } from '../provisioning/scene.ts'
import { killEach } from './bare-cleanup.ts'

const engine = await startTestEngine()
const cleaned = await startProvisioned(engine)
const uncleaned = await startProvisioned(engine, { cleansUp: false })

const first = [
  customer.created,
  anns.created(1, 'tech'),
  project.created(2, 'web'),
  withId('vm', server.created(2, 'vm1')),
]
const granted = [anns.granted(10), anns.assigned(11, ['power'])]
const billing = [anns.became(30, 'billing'), anns.became(40, 'tech')]
const serverEnds = [server.deleted(30, 'vm1'), withId('back', server.created(40, 'vm1'))]
const older = [anns.granted(9, ['dns:read']), anns.assigned(8)]

test.each([
  ['the deletion of its user', [...granted, anns.deleted(30), ...older], []],
  ['the deletion of its project', [...granted, project.deleted(30, 'web'), ...older], ['ann vm1']],
  ['the deletion of its server, which is back,', [...granted, ...serverEnds, ...older], ['ann web']],
  ['billing, which has ended,', [...granted, ...billing, ...older], []],
  [
    'billing that began even before',
    [...granted, ...billing, anns.became(5, 'billing')],
    ['ann vm1', 'ann web'],
  ],
])(
  'in the order in which they arrive, grants older than %s count as without any clean-up',
  async (_name, events, grants) => {
    for (const service of [cleaned, uncleaned]) {
      const { deliver, view } = nextCustomer(service)
      await deliver(...first, ...events)
      expect(Object.keys((await view()).grants).sort()).toEqual(grants)
      expect(service.failures).toEqual([])
    }
  },
)

test('the clean-up shows in no order of arrival', async () => {
  const events = [
    ...granted,
    anns.became(20, 'billing'),
    withId('again', anns.became(25, 'billing')),
    anns.became(30, 'client'),
    anns.granted(31, ['dns:read']),
    server.deleted(40, 'vm1'),
  ]
  const arrivals = [...orders(events), [...events.slice(2), ...events.slice(0, 2)]]
  const { differences, view } = await tell([cleaned, uncleaned], first, events, arrivals)
  expect(differences).toEqual([])
  expect(view.grants).toEqual({ 'ann web': 'dns:read' })
})

test.each([
  ['with its server', serverEnds],
  ['by billing', billing],
])('the audit trail of a grant that ended %s and is made again is in order', async (_name, ends) => {
  const anew = [anns.granted(50, ['dns:read']), anns.assigned(51, ['rescue'])]
  const events = [...granted, ...ends, ...anew]
  const { id, deliver, view, ...cast } = nextCustomer(cleaned)
  await deliver(...first, ...events)
  const story = { seed: 1, history: [...first, ...events], arrival: [...first, ...events] }
  expect(await differenceOf(cleaned.table, { id, ...cast }, story, story.arrival.length)).toBeUndefined()
  const removals = (await allEvents(cleaned.table, id)).filter(({ type }) => type === 'grants.removed')
  expect(removals).toHaveLength(1)
  expect((await view()).grants).toEqual({ 'ann web': 'dns:read', 'ann vm1': 'view rescue' })
})

test('whatever the clean-up is killed in, directory and audit trail stay as they are', async () => {
  const service = await startProvisioned(engine, { cleansUp: false })
  // Seeds that are multiples of five have changes by people.
  const seeds = Array.from({ length: runs(6) }, (_, place) => 5 * place + 1)
  const told = seeds
    .flatMap((seed) => storiesOf(seed).slice(0, 2))
    .map((story) => ({ story, ...nextCustomer(service) }))
  for (const { story, deliver } of told) await deliver(...story.arrival)
  const random = new Random(1)
  const kills = killEach(service.client, () => random.pick(['before', 'after', 'never'] as const))
  for (let isDone = false; !isDone; ) {
    isDone = await service.cleanup.sweep(60_000).then(
      () => true,
      () => false,
    )
    for (const { story, ...cast } of told) {
      const difference = await differenceOf(service.table, cast, story, story.arrival.length)
      expect(difference && render(difference)).toBeUndefined()
    }
  }
  kills.stop()
  const events = (await Promise.all(told.map(({ id }) => allEvents(service.table, id)))).flat()
  expect(events.filter(({ type }) => type === 'grants.removed').length).toBeGreaterThan(5)
  await service.stop()
})
