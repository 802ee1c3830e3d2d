import { beforeAll, describe, expect, it } from 'vitest'
import { acme, mail, startAcme } from '../acme.ts'

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

describe('the cost of', () => {
  const oneQueryOneBatch = ['BatchGetItemCommand', 'QueryCommand']

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
  ])(
    'a decision %s by id: two requests, at most four read units with twenty grants and more',
    async (_on, name, about) => {
      const ask = () => evaluate({ subject, action: { name }, resource: about })
      expect(await operations(ask)).toEqual(oneQueryOneBatch)
      const units = (await world.requestsOf(ask)).reduce((sum, sent) => sum + sent.units, 0)
      expect(units).toBeLessThanOrEqual(4)
    },
  )

  it('a decision by e-mail address: the claim is read with the rest, before the query', async () => {
    const byEmail = { ...question, subject: { type: 'user_email', id: mail('tech') } }
    expect(await operations(() => evaluate(byEmail))).toEqual(oneQueryOneBatch)
  })

  it('fifty decisions about one user: the same query once', async () => {
    const projects = await Promise.all(
      Array.from({ length: 18 }, (_, each) => world.projectId(acme, `p${each}`)),
    )
    const evaluations = Array.from({ length: 50 }, (_, each) => ({
      resource: { type: 'project', id: projects[each % 18] ?? '' },
    }))
    expect(await operations(() => evaluateAll({ ...question, evaluations }))).toEqual(oneQueryOneBatch)
  })
})
