import { expect, test } from 'vitest'
import { listProjects } from '../../../shared/records/projects.ts'
import { startTestEngine } from '../../support/engine.ts'
import { type Provisioned, startProvisioned } from '../../support/provisioned.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { confirm } from '../api/openstack/worker.ts'
import { nextCustomer, orders } from './arrivals.ts'
import { viewDirectory } from './directory-view.ts'
import { allEvents } from './replay.ts'
import { anns, customer, customerId, project, withId } from './scene.ts'

const engine = await startTestEngine()
const ann = anns.created(1, 'tech')
const web = project.created(2, 'web')
const gone = project.deleted(5, 'web')
const inUse = 'a project of this customer has this name'
const noProject = 'no project has this name'

/** With OpenStack on, a deletion completes once it is confirmed. */
async function startOn(...events: TimedEvent[]) {
  const service = await startProvisioned(engine, { openstack: true })
  await service.deliverEach([customer.created, ...events])
  const tell = async (event: TimedEvent) => {
    await service.deliverEach([event])
    return service.statusOf(event.id)
  }
  return { ...service, tell, confirmAll: () => confirmAll(service) }
}

/** Confirms the deletion of every project that is being deleted, and of those that are as a consequence. */
async function confirmAll(service: Provisioned, id = customerId): Promise<void> {
  for (;;) {
    const { items } = await listProjects(service.table, id)
    const going = items.filter(({ status }) => status === 'deleting')
    if (going.length === 0) return
    for (const each of going) await confirm(service.table, id, each.id)
    await service.settle()
  }
}

const projectsOf = async ({ table }: Provisioned) => {
  const { items } = await listProjects(table, customerId)
  return items.filter(({ kind }) => kind === 'openstack').map(({ name, status }) => `${name} ${status}`)
}

test('a project that an event deletes is going until OpenStack has confirmed', async () => {
  const service = await startOn(ann, web, anns.granted(3))
  expect(await service.tell(gone)).toBe('applied')
  expect(await projectsOf(service)).toEqual(['web deleting'])
  expect((await viewDirectory(service.table)).grants).not.toHaveProperty('ann web')
  await service.confirmAll()
  expect(await projectsOf(service)).toEqual([])
  await service.stop()
})

test('each of the two steps has one event', async () => {
  const service = await startOn(web, gone)
  await service.confirmAll()
  const events = await allEvents(service.table, customerId)
  const types = events.flatMap(({ type, actor }) =>
    type.startsWith('project.del') ? [`${type} by ${actor.kind}`] : [],
  )
  expect(types).toHaveLength(2)
  expect(new Set(types)).toEqual(
    new Set(['project.deletion-started by webhook', 'project.deleted by system']),
  )
  await service.stop()
})

test('a new project of the same name waits for the confirmation, and is applied then', async () => {
  const service = await startOn(web, gone)
  const again = project.created(6, 'Web')
  expect(await service.tell(again)).toBe('waiting')
  expect(await service.reasonOf(again.id)).toBe(inUse)
  await service.confirmAll()
  expect(await service.statusOf(again.id)).toBe('applied')
  expect(await projectsOf(service)).toEqual(['Web active'])
  await service.stop()
})

test('a grant in the new project waits with it', async () => {
  const service = await startOn(ann, web, gone)
  const [again, granted] = [project.created(6, 'web'), anns.granted(7, ['dns:read'])]
  expect(await service.tell(again)).toBe('waiting')
  expect(await service.tell(granted)).toBe('waiting')
  expect(await service.reasonOf(granted.id)).toBe(noProject)
  await service.confirmAll()
  expect(await service.statusOf(granted.id)).toBe('applied')
  expect((await viewDirectory(service.table)).grants).toMatchObject({ 'ann web': 'dns:read' })
  await service.stop()
})

test('a grant older than the deletion is superseded while the project goes', async () => {
  const service = await startOn(ann, web, gone)
  expect(await service.tell(anns.granted(4))).toBe('superseded')
  await service.confirmAll()
  await service.stop()
})

test('a creation older than the deletion is superseded once that is confirmed', async () => {
  const service = await startOn(web, gone)
  const late = project.created(4, 'web')
  expect(await service.tell(late)).toBe('waiting')
  await service.confirmAll()
  expect(await service.statusOf(late.id)).toBe('superseded')
  await service.stop()
})

test('an older deletion of a project being deleted is superseded, and a newer one waits', async () => {
  const service = await startOn(web, gone)
  expect(await service.tell(project.deleted(4, 'web'))).toBe('superseded')
  const newer = project.deleted(8, 'web')
  expect(await service.tell(newer)).toBe('waiting')
  expect(await service.reasonOf(newer.id)).toBe(noProject)
  await service.stop()
})

test('a deletion older than the project ends older grants, and the project stays', async () => {
  const service = await startOn(ann, web)
  expect(await service.tell(withId('early', project.deleted(1, 'web')))).toBe('applied')
  expect(await projectsOf(service)).toEqual(['web active'])
  await service.stop()
})

const story = [web, gone, project.created(6, 'web'), anns.granted(7, ['dns:read'])]

test.each([
  ['at the very end', false],
  ['as soon as they can be', true],
])(
  'with deletions confirmed %s, every order of arrival ends as with OpenStack off',
  async (_name, isAtOnce) => {
    const off = await startProvisioned(engine)
    const on = await startProvisioned(engine, { openstack: true })
    const arrivals = [...orders(story), ...orders(story.toReversed())]
    expect(await finalViews(on, arrivals, isAtOnce)).toEqual(await finalViews(off, arrivals, isAtOnce))
    await Promise.all([on.stop(), off.stop()])
    expect([...on.failures, ...off.failures]).toEqual([])
  },
)

/** Each order at a customer of its own. */
async function finalViews(service: Provisioned, arrivals: TimedEvent[][], isAtOnce: boolean) {
  const stories = arrivals.map((arrival) => ({ arrival, ...nextCustomer(service) }))
  await service.deliverAll(stories.flatMap(({ eventFor }) => [customer.created, ann].map(eventFor)))
  for (const [place] of story.entries()) {
    await service.deliverAll(
      stories.flatMap(({ arrival, eventFor }) => arrival.slice(place, place + 1).map(eventFor)),
    )
    if (isAtOnce) for (const { id } of stories) await confirmAll(service, id)
  }
  for (const { id } of stories) await confirmAll(service, id)
  return Promise.all(
    stories.map(async ({ arrival, view }) => ({
      arrival: arrival.map(({ id }) => id).join(' '),
      end: await view(),
    })),
  )
}
