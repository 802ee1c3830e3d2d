import { expect, it } from 'vitest'
import { localAccess } from '../../../infra/local/connect.ts'
import {
  type FactsQuestion,
  readDecisionFacts,
  type ReadFacts,
  type Subject,
} from '../../../shared/directory/facts/decision-facts.ts'
import { readFacts } from '../../../shared/directory/facts/read-facts.ts'
import { decide } from '../../../shared/domain/access/decide.ts'
import { actionsOn, resourceTypes } from '../../../shared/domain/access/permissions.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import { connectReads } from '../../../shared/table/wire/reads.ts'
import { acme, mail, people, startAcme } from '../../functions/api/acme.ts'
import { runs } from '../../support/long.ts'
import { Random } from '../../support/random.ts'

const { world, ids } = await startAcme()
const projects = Array.from({ length: 45 }, (_, each) => `p${each}`)
for (const project of projects) {
  await world.event('project.created', { customerId: acme, name: project })
  if (project === 'p44') continue
  const grant = { project, user: mail('tech'), roles: ['compute:operate'] }
  await world.event('membership.granted', { customerId: acme, ...grant })
}
await world.event('user.deleted', { customerId: acme, user: mail('outside') })
const projectIds = await Promise.all(projects.map((name) => world.projectId(acme, name)))

const subjects: Subject[] = [
  ...Object.values(ids)
    .filter((id) => id.startsWith('usr_'))
    .map((userId) => ({ userId })),
  ...['owner', ...Object.keys(people), 'nobody'].map((name) => ({ email: mail(name) })),
  { userId: 'usr_none' },
  { userId: 'a#b' },
  { email: 'no address' },
]
const resources = [
  { type: 'customer', id: acme },
  { type: 'customer', id: 'OTH000002' },
  { type: 'project', id: 'main' },
  { type: 'project', id: 'prj_none' },
  { type: 'server', id: 'vps-1' },
  { type: 'server', id: 'vps-2' },
  { type: 'server', id: '#' },
  { type: 'user', id: ids.tech },
  { type: 'user', id: 'usr_none' },
  { type: 'bucket', id: 'x' },
  ...projectIds.map((id) => ({ type: 'project', id })),
]

const place = { customerId: acme, now: instantOf(world.now()) }
const wire = connectReads(world.tableName, { endpoint: world.endpoint, ...localAccess })
const random = new Random(20_261_128)
/** Some questions about few users, over few or many resources. */
const draft = (): FactsQuestion[] => {
  const who = Array.from({ length: 1 + random.below(3) }, () => random.pick(subjects))
  const what = Array.from({ length: 1 + random.below(12) }, () => random.pick(resources))
  return Array.from({ length: 1 + random.below(50) }, () => ({
    subject: random.chance(0.1) ? undefined : random.pick(who),
    resource: random.pick(what),
  }))
}

const allActions = resourceTypes.flatMap((type) => [...actionsOn[type]])
const decisionsOf = (facts: ReadFacts, { resource }: FactsQuestion) =>
  allActions.map((action) => decide(facts, action, resource))

it('facts by exact keys decide as all of a user does, many at once and over both clients', async () => {
  let queried = 0
  for (let turn = 0; turn < runs(60); turn++) {
    const questions = draft()
    const sent = await world.requestsOf(async () => {
      const facts = await readDecisionFacts(world.table, place, questions)
      expect(await readDecisionFacts(wire, place, questions)).toEqual(facts)
      for (const [index, question] of questions.entries()) {
        const { subject, resource } = question
        const own = facts[index]
        if (!own || !subject) continue
        const whole = await readFacts(world.table, { ...place, resource, ...subject })
        expect(decisionsOf(own, question)).toEqual(decisionsOf(whole, question))
      }
    })
    queried += sent.length
  }
  expect(queried).toBeGreaterThan(0)
}, 120_000)

it('of somebody with many grants a query reads the beginning only, and keys the rest', async () => {
  const questions = projectIds
    .slice(30, 36)
    .map((id) => ({ subject: { userId: ids.tech }, resource: { type: 'project', id } }))
  const sent = await world.requestsOf(() => readDecisionFacts(world.table, place, questions))
  expect(sent.map(({ operation }) => operation)).toEqual(['QueryCommand', 'BatchGetItemCommand'])
  const facts = await readDecisionFacts(world.table, place, questions)
  expect(facts.map(({ grants }) => grants.size)).toEqual(questions.map(() => 2))
})

it('nobody at no customer takes no request', async () => {
  const question = { subject: { userId: ids.tech }, resource: { type: 'customer', id: acme } }
  const sent = await world.requestsOf(async () => {
    await readDecisionFacts(world.table, { ...place, customerId: 'a#b' }, [question])
    await readDecisionFacts(world.table, place, [{ ...question, subject: undefined }])
  })
  expect(sent).toEqual([])
})
