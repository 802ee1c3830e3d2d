import { beforeAll, describe, expect, it } from 'vitest'
import { acme, mail, startAcme } from '../api/acme.ts'

const { world, at: customer, ids, tokens } = await startAcme()
const at = `${customer}/access/v1`
const { tech, owner, web } = ids
const { check } = tokens

const subject = { type: 'user', id: tech }
const action = { name: 'compute.operate' }
const resource = { type: 'project', id: web }
const question = { subject, action, resource }
const evaluateAll = async (body: unknown) => world.post(`${at}/evaluations`, check, body)
const evaluate = async (body: unknown) => world.post(`${at}/evaluation`, check, body)
const operations = async (work: () => Promise<unknown>) =>
  (await world.requestsOf(work)).map(({ operation }) => operation).sort()

const units = async (work: () => Promise<unknown>) =>
  (await world.requestsOf(work)).reduce((sum, sent) => sum + sent.units, 0)

/** 48 questions over so many projects. */
const among = async (count: number) => {
  const projects = await Promise.all(
    Array.from({ length: count }, (_, each) => world.projectId(acme, `p${each}`)),
  )
  const evaluations = Array.from({ length: 48 }, (_, each) => ({
    action: { name: ['compute.operate', 'volume.read', 'compute.manage'][each % 3] },
    resource: { type: 'project', id: projects[each % count] ?? '' },
  }))
  return () => evaluateAll({ ...question, evaluations })
}

describe('the cost of', () => {
  const batch = 'BatchGetItemCommand'

  beforeAll(async () => {
    for (let each = 0; each < 18; each++) {
      await world.event('project.created', { customerId: acme, name: `p${each}` })
      const grant = { project: `p${each}`, user: mail('tech'), roles: ['compute:operate', 'volume:read'] }
      await world.event('membership.granted', { customerId: acme, ...grant })
    }
  })

  it.each([
    ['on a project', action.name, resource],
    ['on Main', 'project.read', { type: 'project', id: 'main' }],
    ['on a server', 'server.power', { type: 'server', id: 'vps-1' }],
    ['on the customer', 'cdn.manage', { type: 'customer', id: acme }],
    ['on a user', 'user.read', { type: 'user', id: owner }],
  ])('a decision %s by id: one request of at most five read units', async (_on, name, about) => {
    const ask = () => evaluate({ subject, action: { name }, resource: about })
    expect(await operations(ask)).toEqual([batch])
    expect(await units(ask)).toBeLessThanOrEqual(5)
  })

  it('a decision by e-mail address: one request more, for the claim', async () => {
    const byEmail = { ...question, subject: { type: 'user_email', id: mail('tech') } }
    expect(await operations(() => evaluate(byEmail))).toEqual([batch, batch])
    expect(await units(() => evaluate(byEmail))).toBeLessThanOrEqual(6)
  })

  it('a decision that a user asks for about itself, or with user.read: one more, for the login', async () => {
    const [own, reader] = [await world.person(mail('tech')), await world.person(mail('admin'))]
    const ask = (token: string) => () => world.post(`${at}/evaluation`, token, question)
    for (const token of [own, reader]) await world.ask(customer, token)
    expect(await operations(ask(own))).toEqual([batch, batch])
    expect(await operations(ask(reader))).toEqual([batch, batch])
    expect(await units(ask(own))).toBeLessThanOrEqual(6)
    expect(await units(ask(reader))).toBeLessThanOrEqual(8)
  })

  it('48 decisions about one user over one project: those of one', async () => {
    const ask = await among(1)
    expect(await operations(ask)).toEqual([batch])
    expect(await units(ask)).toBeLessThanOrEqual(5)
  })

  it('48 decisions about one user over 14 projects: a query for the grants, and a unit for each project', async () => {
    const ask = await among(14)
    expect(await operations(ask)).toEqual([batch, 'QueryCommand'])
    expect(await units(ask)).toBeLessThanOrEqual(17)
    const { body } = await ask()
    expect((body.evaluations as { decision: boolean }[]).map(({ decision }) => decision)).toEqual(
      Array.from({ length: 48 }, (_, each) => each % 3 !== 2),
    )
  })
})
