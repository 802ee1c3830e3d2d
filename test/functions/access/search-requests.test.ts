import { beforeAll, describe, expect, it } from 'vitest'
import { acme, mail, startAcme } from '../api/acme.ts'

const { world, at: customer, ids, tokens } = await startAcme()
const at = `${customer}/access/v1/search`
const { tech, admin, web } = ids
const account = { type: 'customer', id: acme }

/** Beside which there is little to be found. */
const crowd = 130

beforeAll(async () => {
  for (let each = 0; each < crowd; each++) {
    const email = mail(`crowd-${each}`)
    await world.event('user.created', {
      customerId: acme,
      email,
      name: 'C',
      type: 'customer-tech',
      main: true,
    })
    const grant = { project: 'web', user: email, roles: ['dns:read'] }
    await world.event('membership.granted', { customerId: acme, ...grant })
  }
  for (let each = 0; each < 40; each++) {
    await world.event('server.created', {
      customerId: acme,
      serverId: `s-${each}`,
      hostname: `s-${each}.example`,
    })
  }
}, 120_000)

type Page = { next_token: string; count: number }
type Answer = { page: Page; results: { id?: string }[] }

/** All pages of a search, and the requests and units of each. */
async function pagesOf(kind: string, body: object, token = tokens.check) {
  const pages: { requests: number; units: number; found: number }[] = []
  let asked: object = body
  for (;;) {
    let answer: Answer | undefined
    const sent = await world.requestsOf(async () => {
      answer = (await world.post(`${at}/${kind}`, token, asked)).body as unknown as Answer
    })
    const { page, results } = answer ?? { page: undefined, results: [] }
    const units = sent.reduce((sum, each) => sum + each.units, 0)
    pages.push({ requests: sent.length, units, found: results.length })
    if (!page?.next_token) return pages
    asked = { page: { token: page.next_token } }
  }
}
const found = (pages: readonly { found: number }[]) => pages.reduce((sum, page) => sum + page.found, 0)
const user = { type: 'user' }
const byEmail = { type: 'user_email', id: mail('admin') }

describe('a page of a search makes at most ten requests', () => {
  it.each<[string, string, object, number]>([
    ['many holders', 'subject', { action: 'dns.read', resource: { type: 'project', id: web } }, crowd + 3],
    [
      'hardly any of many holders',
      'subject',
      { action: 'compute.read', resource: { type: 'project', id: web } },
      3,
    ],
    ['hardly any of many members of Main', 'subject', { action: 'cdn.manage', resource: account }, 2],
    ['some by type', 'subject', { action: 'contact.read', resource: account }, 3],
    ['all users', 'resource', { action: 'user.read', resource: user }, crowd + 6],
    ['all servers', 'resource', { action: 'server.power', resource: { type: 'server' } }, 42],
    ['all projects', 'resource', { action: 'project.read', resource: { type: 'project' } }, 3],
  ])('%s', async (_what, kind, { action, resource }: { action?: string; resource?: object }, expected) => {
    const subject = kind === 'subject' ? { type: 'user_email' } : byEmail
    for (const limit of [20, 100]) {
      const body = { subject, action: { name: action }, resource, page: { limit } }
      for (const token of [tokens.check, tokens.owner]) {
        const pages = await pagesOf(kind, body, token)
        expect(Math.max(...pages.map(({ requests }) => requests))).toBeLessThanOrEqual(10)
        expect(found(pages)).toBe(expected)
      }
    }
  })
})

describe('the cost of', () => {
  it.each<[string, string, object, number, number]>([
    [
      'who may do it, by type alone',
      'subject',
      { subject: user, action: { name: 'account.read' }, resource: account },
      2,
      6,
    ],
    [
      'who may do it with a server',
      'subject',
      { subject: user, action: { name: 'server.power' }, resource: { type: 'server', id: 'vps-1' } },
      3,
      12,
    ],
    [
      'what a user may do',
      'action',
      { subject: { ...user, id: tech }, resource: { type: 'project', id: web } },
      1,
      5,
    ],
    [
      'with what somebody with few grants may do it',
      'resource',
      { subject: { ...user, id: tech }, action: { name: 'server.power' }, resource: { type: 'server' } },
      3,
      4,
    ],
    [
      'with which users a tech may do it',
      'resource',
      { subject: { ...user, id: tech }, action: { name: 'user.read' }, resource: user },
      1,
      2,
    ],
    [
      'what nobody may',
      'subject',
      { subject: user, action: { name: 'project.manage' }, resource: { type: 'project', id: 'main' } },
      1,
      3,
    ],
    [
      'with what a user may, of all there is',
      'resource',
      { subject: { ...user, id: admin }, action: { name: 'compute.read' }, resource: { type: 'project' } },
      3,
      6,
    ],
  ])('%s', async (_what, kind, body, requests, units) => {
    const [page, ...more] = await pagesOf(kind, body)
    expect(more).toEqual([])
    expect(page?.requests).toBeLessThanOrEqual(requests)
    expect(page?.units).toBeLessThanOrEqual(units)
  })
})
