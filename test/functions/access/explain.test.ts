import { describe, expect, it } from 'vitest'
import type { Usage } from '../../../shared/usage/usage.ts'
import { acme, mail, startAcme } from '../api/acme.ts'

const uses: Usage[] = []
const { world, at: customer, ids, tokens } = await startAcme({ used: (use) => void uses.push(use) })
const { owner, admin, billing, tech, client, outside, web, early } = ids
const { check } = tokens

const project = (id: string) => ({ type: 'project', id })
const vps = { type: 'server', id: 'vps-1' }
const account = { type: 'customer', id: acme }

type Explanation = {
  grants: Record<string, unknown>[]
  subject?: object
  smallest?: object
  without?: object
}

async function explained(id: string, name: string, resource: object, token = check, asked: unknown = true) {
  const question = { subject: { type: 'user', id }, action: { name }, resource, context: { explain: asked } }
  const { status, body } = await world.post(`${customer}/access/v1/evaluation`, token, question)
  expect(status).toBe(200)
  const { context, decision } = body as unknown as {
    decision: boolean
    context: { reason: { code: string }; explanation: Explanation }
  }
  return { decision, code: context.reason.code, ...context.explanation }
}
const put = (path: string, body: object) => ({
  method: 'PUT',
  path: `${customer}/${path}`,
  body,
  by: ['operator', 'main-customer', 'customer-admin'],
})
const possible = (...requests: object[]) => ({ possible: true, requests })

describe('a decision says what decided', () => {
  it('by a membership: who gave it, when, and that it matters', async () => {
    const answer = await explained(tech, 'compute.operate', project(web))
    expect(answer).toMatchObject({ decision: true, decidedBy: 'membership', customerStatus: 'active' })
    expect(answer.subject).toMatchObject({ type: 'customer-tech', status: 'active' })
    expect(answer.grants).toEqual([
      {
        grant: `projects/main/members/${tech}`,
        roles: [],
        source: 'webhook',
        grantedBy: 'webhook:orders',
        grantedAt: expect.any(String),
        expired: false,
        decides: false,
      },
      {
        grant: `projects/${web}/members/${tech}`,
        roles: ['compute:operate'],
        source: 'webhook',
        grantedBy: 'webhook:orders',
        grantedAt: expect.any(String),
        expired: false,
        decides: true,
      },
    ])
    expect(answer).not.toHaveProperty('smallest')
  })

  it.each<[string, string, object, string, string[]]>([
    [owner, 'billing.read', account, 'type', []],
    [admin, 'billing.read', account, 'type', ['main']],
    [tech, 'server.power', vps, 'assignment', ['main', 'vps-1']],
    [tech, 'user.read', { type: 'user', id: tech }, 'self', []],
    [admin, 'compute.read', project(web), 'membership', [web]],
  ])('%s %s: by %s', async (id, name, resource, decidedBy, deciding) => {
    const { grants, ...answer } = await explained(id, name, resource)
    expect(answer).toMatchObject({ decision: true, decidedBy })
    const names = grants.filter(({ decides }) => decides).map(({ grant }) => String(grant).split('/')[1])
    expect(names).toEqual(deciding)
  })

  it.each<[string, string, object, string, object]>([
    [
      tech,
      'compute.manage',
      project(web),
      'role',
      possible(put(`projects/${web}/members/${tech}`, { roles: ['compute:operate', 'compute:manage'] })),
    ],
    [
      tech,
      'dns.operate',
      project(early),
      'membership',
      possible(put(`projects/${early}/members/${tech}`, { roles: ['dns:operate'] })),
    ],
    [
      tech,
      'project.read',
      project(early),
      'membership',
      possible(put(`projects/${early}/members/${tech}`, { roles: ['compute:read'] })),
    ],
    [
      tech,
      'server.cancel',
      vps,
      'role',
      possible(put(`servers/vps-1/assignments/${tech}`, { capabilities: ['view', 'power', 'cancel'] })),
    ],
    [
      tech,
      'server.read',
      { ...vps, id: 'vps-2' },
      'assignment',
      possible(put(`servers/vps-2/assignments/${tech}`, { capabilities: ['view'] })),
    ],
    [tech, 'cdn.manage', account, 'role', possible(put(`projects/main/members/${tech}`, { roles: ['cdn'] }))],
    [
      outside,
      'cdn.manage',
      account,
      'membership',
      possible(put(`projects/main/members/${outside}`, { roles: ['cdn'] })),
    ],
    [
      outside,
      'server.power',
      vps,
      'membership',
      possible(
        put(`projects/main/members/${outside}`, { roles: [] }),
        put(`servers/vps-1/assignments/${outside}`, { capabilities: ['view', 'power'] }),
      ),
    ],
    [
      admin,
      'volume.read',
      project(early),
      'membership',
      possible(put(`projects/${early}/members/${admin}`, { roles: ['volume:read'] })),
    ],
    [tech, 'billing.read', account, 'type', { possible: false, why: 'type-ceiling' }],
    [billing, 'compute.read', project(web), 'type', { possible: false, why: 'type-ceiling' }],
    [outside, 'server.power', account, 'membership', { possible: false, why: 'no-grant' }],
    [admin, 'user.manage', { type: 'user', id: owner }, 'lock', { possible: false, why: 'locked' }],
    [tech, 'project.fly', project(web), 'action', { possible: false, why: 'unknown-action' }],
    ['usr_1', 'project.read', project(web), 'subject', { possible: false, why: 'unknown-subject' }],
    [tech, 'project.read', project('prj_1'), 'resource', { possible: false, why: 'unknown-resource' }],
  ])('%s %s is denied, and what turns it: %s %s', async (id, name, resource, decidedBy, smallest) => {
    expect(await explained(id, name, resource)).toMatchObject({ decision: false, decidedBy })
    expect((await explained(id, name, resource)).smallest).toEqual(smallest)
  })

  it('without a grant: what would be lost', async () => {
    const grant = `projects/main/members/${tech}`
    const answer = await explained(tech, 'server.power', vps, check, { without: grant })
    expect(answer).toMatchObject({ decision: true, decidedBy: 'assignment' })
    expect(answer.without).toEqual({
      grant,
      held: true,
      decision: false,
      reason: { code: 'not-a-main-member' },
      lost: ['server.power', 'server.read', 'server.view'],
    })
    const other = await explained(tech, 'server.power', vps, check, {
      without: `projects/${web}/members/${tech}`,
    })
    expect(other.without).toMatchObject({ held: false, decision: true, lost: [] })
    const owned = await explained(owner, 'server.power', vps, check, {
      without: `projects/main/members/${owner}`,
    })
    expect(owned.without).toMatchObject({ held: true, decision: true, lost: [] })
  })

  it('in a batch, where it is asked for', async () => {
    const body = {
      subject: { type: 'user', id: tech },
      resource: project(web),
      context: { explain: true },
      evaluations: [{ action: { name: 'compute.read' } }, { action: { name: 'compute.read' }, context: {} }],
    }
    const answer = await world.post(`${customer}/access/v1/evaluations`, check, body)
    const contexts = (answer.body.evaluations as { context: object }[]).map(({ context }) =>
      Object.keys(context),
    )
    expect(contexts).toEqual([['reason', 'explanation'], ['reason']])
  })

  it.each([false, 'true', 1, null, [], { without: 1 }, { without: '' }, { without: 'x'.repeat(301) }])(
    '%j is not refused',
    async (asked) => {
      const answer = await explained(tech, 'compute.read', project(web), check, asked)
      expect(answer.decision).toBe(true)
      expect('without' in answer).toBe(false)
      expect('decidedBy' in answer).toBe(typeof asked === 'object' && asked !== null && !Array.isArray(asked))
    },
  )

  it('is as much use of a right as the decision alone: who enforces it may always ask why', async () => {
    uses.length = 0
    await explained(tech, 'compute.operate', project(web))
    await explained(tech, 'compute.operate', project(web), check, false)
    expect(uses).toHaveLength(2)
    expect(uses[0]).toEqual(uses[1])
  })
})

describe('who asks', () => {
  it('about itself learns who gave what, but for a client', async () => {
    const own = await explained(tech, 'compute.operate', project(web), tokens.tech)
    expect(own.grants[1]).toHaveProperty('grantedBy')
    const clients = await explained(client, 'dns.manage', project(web), tokens.client)
    expect(JSON.stringify(clients)).not.toContain('grantedBy')
    expect(JSON.stringify(clients)).not.toContain('webhook:')
    const suggested = put(`projects/${web}/members/${client}`, { roles: ['dns:read', 'dns:manage'] })
    expect(clients.smallest).toEqual(possible(suggested))
    expect((await explained(client, 'dns.manage', project(web))).grants[1]).toHaveProperty('grantedBy')
  })

  it('about others needs user.read', async () => {
    expect((await explained(tech, 'compute.operate', project(web), tokens.admin)).decision).toBe(true)
    const question = {
      subject: { type: 'user_email', id: mail('owner') },
      action: { name: 'x' },
      resource: account,
    }
    const asked = { ...question, context: { explain: true } }
    expect((await world.post(`${customer}/access/v1/evaluation`, tokens.client, asked)).status).toBe(403)
  })
})
