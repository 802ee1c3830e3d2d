import { describe, expect, it } from 'vitest'
import { seedScene } from './changes.ts'
import { requester, naming, refuser, told } from './routing/refused.ts'
import { startWorld } from './world.ts'

const world = await startWorld()
const scene = await seedScene(world)
const { id } = scene
const path = `/reviews/${await scene.review()}`
const inWeb = `${id.tech}.project.${id.web}`
const onServer = `${id.tech}.server.vps-1`
const ofOwner = `${id.owner}.project.main`
const nobody = 'usr_01ARZ3NDEKTSV4RRFFQ69G5FAV'

const ofBilling = { item: `${id.billing}.project.main`, decision: 'keep' }
const less = (roles: string[]) => ({ decision: 'reduce', roles })
const toView = { decision: 'reduce', capabilities: ['view'] }
const toReinstall = { decision: 'reduce', capabilities: ['reinstall'] }

const refusal = refuser(scene)

describe('a decision is rejected', () => {
  const later = '2027-01-01T00:00:00Z'
  const revokeLater = { decision: 'revoke', until: later }
  const rows: [item: string, body: object, pointer: string, detail: string][] = [
    [inWeb, { decision: 'delete' }, '/decision', 'must be one of keep, reduce, revoke'],
    [inWeb, {}, '/decision', 'is missing'],
    [inWeb, { decision: 'reduce' }, '/roles', 'is missing: what is left'],
    [inWeb, less(['dns:manage']), '/roles', 'must not go beyond what is held: dns:manage does'],
    [inWeb, less(['full']), '/roles', 'must not go beyond what is held: full does'],
    [inWeb, less(['dns:read']), '/roles', 'must be less than what is held; `keep` leaves it'],
    [inWeb, less([]), '/roles', 'must name at least one role; `revoke` takes all'],
    [inWeb, { decision: 'keep', roles: ['dns:read'] }, '/roles', 'go with `reduce` only'],
    [inWeb, less(['dns:read', 'dns:read']), '/roles', 'must not name the same twice'],
    [inWeb, toView, '/capabilities', 'are for servers: name the roles'],
    [onServer, toReinstall, '/capabilities', 'must not go beyond what is held: reinstall is not'],
    [onServer, less(['dns:read']), '/roles', 'are for projects: name the capabilities'],
    [inWeb, { decision: 'keep', until: '2026-11-23T12:00:00Z' }, '/until', 'must be in the future'],
    [inWeb, revokeLater, '/until', 'does not go with `revoke`, which counts at once'],
    [inWeb, { decision: 'keep', note: 'x' }, '/note', 'is not known here'],
  ]
  it.each(rows)('of %s: %j', async (item, body, pointer, detail) => {
    const one = await refusal('admin', 'PUT', `${path}/items/${item}/decision`, body)
    expect(one).toEqual(naming({ [pointer]: detail }))
    const decisions = [ofBilling, { item, ...body }]
    const many = await refusal('admin', 'POST', `${path}/decisions`, { decisions })
    expect(many).toEqual(naming({ [`/decisions/1${pointer}`]: detail }))
  })

  it('that lets a grant last longer than it does', async () => {
    const own = await seedScene(world)
    const grant = { roles: ['dns:read'], expiresAt: '2026-12-01T00:00:00Z' }
    await requester(own)(['admin', 'PUT', `/projects/${own.id.web}/members/${own.id.tech}`, grant])
    const at = `/reviews/${await own.review()}/items/${own.id.tech}.project.${own.id.web}/decision`
    const refused = await requester(own)(['admin', 'PUT', at, { decision: 'keep', until: later }])
    expect(told(refused)).toEqual(naming({ '/until': 'must not be later than the grant ends anyway' }))
  })

  it.each([{ decision: 'revoke' }, { decision: 'keep', until: later }])(
    'of what the main-customer holds, but for its acknowledgement: %j',
    async (body) => {
      const detail = 'what the main-customer holds can only be acknowledged: decide `keep`'
      for (const by of ['admin', 'operator'] as const) {
        const one = await refusal(by, 'PUT', `${path}/items/${ofOwner}/decision`, body)
        expect(one).toEqual({ status: 409, code: 'locked', detail, errors: undefined })
        const decisions = [{ item: ofOwner, ...body }]
        const many = await refusal(by, 'POST', `${path}/decisions`, { decisions })
        const errors = [{ pointer: '/decisions/0', detail }]
        expect(many).toMatchObject({ status: 409, code: 'locked', errors })
      }
    },
  )

  const detail = 'Nobody decides on what they hold themselves.'
  it.each(['owner', 'admin'] as const)('of one’s own, as %s', async (who) => {
    const item = `${id[who]}.project.main`
    const one = await refusal(who, 'PUT', `${path}/items/${item}/decision`, { decision: 'keep' })
    expect(one).toEqual({ status: 403, code: 'forbidden', detail, errors: undefined })
    const decisions = [inWeb, item].map((each) => ({ item: each, decision: 'keep' }))
    const many = await refusal(who, 'POST', `${path}/decisions`, { decisions })
    const errors = [{ pointer: '/decisions/1/item', detail }]
    expect(many).toMatchObject({ status: 403, code: 'forbidden', errors })
  })

  const elsewhere = [`${nobody}.project.main`, `${id.tech}.project.${id.old}`, `${id.tech}.server.vps-9`]
  it.each(['nonsense', ...elsewhere, 'a#b.project.main', '..'])(
    'of an item that is not there: %s',
    async (item) => {
      const at = `${path}/items/${encodeURIComponent(item)}/decision`
      // A URL resolves two dots into another path.
      const one = item === '..' ? { status: 404 } : await refusal('admin', 'PUT', at, { decision: 'keep' })
      expect(one.status).toBe(404)
      const decisions = [{ item, decision: 'keep' }]
      const many = await refusal('admin', 'POST', `${path}/decisions`, { decisions })
      const errors = [{ pointer: '/decisions/0/item', detail: 'There is no such review item.' }]
      expect(many).toMatchObject({ status: 404, errors })
    },
  )

  it('without items, with too many, and with one twice', async () => {
    const one = { item: inWeb, decision: 'keep' }
    const many = Array.from({ length: 51 }, (_, each) => ({ ...one, item: `x${each}` }))
    for (const [decisions, said] of [
      [[], 'must have at least one entry'],
      [many, 'must have at most 50 entries'],
      [[one, one], 'must not decide on an item twice'],
    ] as const) {
      const answer = await refusal('admin', 'POST', `${path}/decisions`, { decisions })
      expect(answer).toEqual(naming({ '/decisions': said }))
    }
  })
})

it('times in the audit trail have the format of all others', async () => {
  const ask = requester(scene)
  const decision = { decision: 'keep', until: '2027-01-01T00:00:00Z' }
  const at = `${path}/items/${inWeb}/decision`
  const dry = await ask(['admin', 'PUT', `${at}?dryRun=true`, decision])
  expect((await ask(['admin', 'PUT', at, decision])).status).toBe(200)
  const [event] = await scene.events()
  const at3 = expect.stringMatching(/T[\d:]{8}\.\d{3}Z$/)
  const after = { decision: { until: '2027-01-01T00:00:00.000Z', at: at3 } }
  for (const each of [dry.body, event]) expect(each).toMatchObject({ changes: [{ after }] })
})
