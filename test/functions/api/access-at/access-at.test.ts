import { describe, expect, it } from 'vitest'
import { acme, mail, other, startAcme } from '../acme.ts'

const { world, at, ids } = await startAcme()
/** Time passes here, and tokens expire. */
const tokenOf = (who: string) => world.person(mail(who))
const { tech, client, admin, outside, owner, web, early } = ids
const minute = 60_000
const hour = 60 * minute

type Given = { by: string; at: string; event?: string }
type Row = {
  user: { id: string; email: string; type: string; status: string }
  resource: { type: string; id: string; name: string }
  rights: { permissions: string[]; reason: { code: string }; expiresAt?: string; given?: Given }[]
}

const pass = (milliseconds: number) => world.setTime(new Date(world.now().getTime() + milliseconds))
/** A moment of its own: what comes next comes later. */
function moment(): string {
  pass(1)
  const now = world.now().toISOString()
  pass(1)
  return now
}

async function ask(query: Record<string, string>, token?: string) {
  const { status, body } = await world.ask(
    `${at}/access/at?${new URLSearchParams(query).toString()}`,
    token ?? (await world.operator()),
  )
  return { status, body }
}

async function rowsAt(query: Record<string, string>): Promise<Row[]> {
  const rows: Row[] = []
  let cursor: string | undefined
  do {
    const { status, body } = await ask({ ...query, ...(cursor !== undefined && { cursor }) })
    expect(status).toBe(200)
    rows.push(...(body.items as unknown as Row[]))
    cursor = body.nextCursor
  } while (cursor !== undefined)
  return rows
}

const permissionsOf = (row: Row | undefined) => row?.rights.flatMap(({ permissions }) => permissions) ?? []
const usersOf = (rows: Row[]) => rows.map(({ user }) => user.id)
const pair = (userId: string, resource: string) => ({ subject: `user/${userId}`, resource })

async function send(method: string, path: string, body?: unknown, who?: string) {
  const token = who === undefined ? await world.operator() : await tokenOf(who)
  const tagged = method === 'DELETE' || /\/(type|force)$/.test(path)
  const tag = path.replace(/\/type$|\/ownership-transfer\/force$/, '')
  const etag = tagged && (await world.ask(`${at}${tag}`, await world.operator())).headers.get('etag')
  const headers = { 'x-reason': 'a test', ...(etag && { 'if-match': etag }) }
  const answer = await world.send(method, `${at}${path}`, token, body, headers)
  expect([200, 201, 204]).toContain(answer.status)
  return answer
}

async function newUser(name: string, type = 'customer-tech'): Promise<string> {
  await send('POST', '/users', { email: mail(name), name, type, main: true })
  return world.userId(acme, mail(name))
}

const codeOf = async (time: string, user: string) => {
  const [row] = await rowsAt({ time, ...pair(user, `customer/${acme}`) })
  return row?.rights[0]?.reason.code
}

describe('access at a time', () => {
  it('of a user to a resource says what was allowed, why, by whom, since when, and by which event', async () => {
    const user = await newUser('ann')
    await send('PUT', `/projects/${web}/members/${user}`, { roles: ['compute:read'] }, 'owner')
    const granted = world.now().toISOString()
    const then = moment()
    await send('DELETE', `/projects/${web}/members/${user}`)
    const [row, ...more] = await rowsAt({ time: then, ...pair(user, `project/${web}`) })
    expect(more).toEqual([])
    expect(row).toMatchObject({
      user: { id: user, email: mail('ann'), name: 'ann', type: 'customer-tech', status: 'active' },
      resource: { type: 'project', id: web, name: 'Web' },
    })
    const right = row?.rights.find(({ permissions }) => permissions.includes('compute.read'))
    expect(right?.reason).toMatchObject({ code: 'membership', roles: ['compute:read'] })
    expect(right?.given).toMatchObject({ by: `user:${owner}`, at: granted })
    const { body } = await world.ask(`${at}/events?type=membership.granted&limit=1`, await tokenOf('owner'))
    expect(right?.given?.event).toBe(body.items[0]?.id)
    expect(await rowsAt({ time: moment(), ...pair(user, `project/${web}`) })).toEqual([])
  })

  it('of what the type gives says who gave the type, and by which event', async () => {
    const user = await newUser('bob')
    await send('PUT', `/users/${user}/type`, { type: 'customer-admin', joinExisting: true }, 'owner')
    const then = moment()
    await send('PUT', `/users/${user}/type`, { type: 'customer-client' })
    const events = await world.ask(`${at}/events?type=user.type-changed&limit=2`, await tokenOf('owner'))
    const event = events.body.items[1]?.id
    for (const resource of [`project/${early}`, `customer/${acme}`, `user/${tech}`, 'server/vps-1']) {
      const [row] = await rowsAt({ time: then, ...pair(user, resource) })
      expect(row?.user.type).toBe('customer-admin')
      const given = row?.rights.map((right) => right.given)
      expect(given).toEqual(given?.map(() => expect.objectContaining({ by: `user:${owner}`, event })))
    }
    expect(permissionsOf((await rowsAt({ time: then, ...pair(user, `project/${early}`) }))[0])).toContain(
      'compute.manage',
    )
  })

  it('of the main-customer is that of the owner then', async () => {
    const then = moment()
    await world.ask(at, await tokenOf('admin'))
    await send('POST', '/ownership-transfer/force', { to: admin })
    const now = moment()
    expect([await codeOf(then, owner), await codeOf(then, admin)]).toEqual(['owner', 'type'])
    expect([await codeOf(now, owner), await codeOf(now, admin)]).toEqual(['type', 'owner'])
    await send('POST', '/ownership-transfer/force', { to: owner })
  })

  it('lists users and projects that are gone, and what was cleaned up behind them', async () => {
    const user = await newUser('cat')
    await send('POST', '/projects', { name: 'gone' })
    const project = await world.projectId(acme, 'gone')
    await send('PUT', `/projects/${project}/members/${user}`, { roles: ['full'] })
    await send('PUT', `/servers/vps-2/assignments/${user}`, { capabilities: ['power'] })
    const then = moment()
    await send('DELETE', `/projects/${project}`)
    await send('DELETE', `/users/${user}`)
    pass(2 * minute)
    const { createCleanup } = await import('../../../../functions/cleanup/worker.ts')
    await createCleanup({ table: world.table, log: () => undefined }).sweep(2 * minute)

    const held = await rowsAt({ time: then, subject: `user/${user}` })
    expect(held.map(({ resource }) => `${resource.type}/${resource.id}`)).toEqual(
      expect.arrayContaining([`project/${project}`, 'server/vps-2']),
    )
    expect(usersOf(await rowsAt({ time: then, resource: `project/${project}` }))).toEqual(
      [owner, admin, user].sort(),
    )
    expect(usersOf(await rowsAt({ time: then, resource: 'server/vps-2' }))).toContain(user)
    expect(await rowsAt({ time: moment(), resource: `project/${project}` })).toEqual([])
    expect(await rowsAt({ time: moment(), subject: `user/${user}` })).toEqual([])
  })

  it('ends with a grant that expires, of which no event tells', async () => {
    const end = new Date(world.now().getTime() + hour).toISOString()
    await send('PUT', `/projects/${early}/members/${client}`, { roles: ['dns:read'], expiresAt: end })
    pass(2 * hour)
    const before = new Date(Date.parse(end) - 1).toISOString()
    const [row] = await rowsAt({ time: before, ...pair(client, `project/${early}`) })
    expect(row?.rights[0]?.expiresAt).toBe(end)
    expect(await rowsAt({ time: end, ...pair(client, `project/${early}`) })).toEqual([])
  })

  it('knows no access of a disabled user, of a suspended customer none but to contact and billing', async () => {
    const customer = `customer/${acme}`
    await send('PATCH', `/users/${admin}`, { status: 'disabled' })
    const disabled = moment()
    await send('PATCH', `/users/${admin}`, { status: 'active' })
    await send('POST', '/suspend')
    const suspended = moment()
    await send('POST', '/resume')
    expect(await rowsAt({ time: disabled, ...pair(admin, customer) })).toEqual([])
    const [row] = await rowsAt({ time: suspended, ...pair(admin, customer) })
    expect(permissionsOf(row).every((name) => /^(contact|billing)\./.test(name))).toBe(true)
    expect(permissionsOf(row)).not.toEqual([])
  })

  it('lists everybody with any right to the customer, by pages of any size', async () => {
    const time = moment()
    const all = await rowsAt({ time, resource: `customer/${acme}` })
    expect(usersOf(all)).toEqual(usersOf(all).toSorted())
    expect(usersOf(all)).toEqual(expect.arrayContaining([owner, admin, ids.billing]))
    expect(usersOf(all)).not.toContain(outside)
    for (const limit of ['1', '2', '5']) {
      expect(await rowsAt({ time, resource: `customer/${acme}`, limit })).toEqual(all)
      expect(await rowsAt({ time, subject: `user/${owner}`, limit })).toEqual(
        await rowsAt({ time, subject: `user/${owner}` }),
      )
    }
  })

  it('of an admin lists the account, all projects and all servers', async () => {
    const rows = await rowsAt({ time: moment(), subject: `user/${owner}` })
    const types = rows.map(({ resource }) => resource.type)
    expect(types).toEqual(types.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)))
    expect(rows.map(({ resource }) => resource.id)).toEqual(
      expect.arrayContaining([acme, 'main', web, early, 'vps-1', 'vps-2']),
    )
  })
})

const order = ['customer', 'project', 'server']

describe('what was never there has had no access', () => {
  it.each([
    ['a user', { subject: 'user/usr_1' }],
    ['a project', { resource: 'project/prj_1' }],
    ['a server', { resource: 'server/vps-9' }],
    ['another customer', { resource: `customer/${other}` }],
    ["another customer's user", { subject: `user/${ids.stranger}` }],
    ["another customer's user, as a resource", { resource: `user/${ids.stranger}` }],
    ['both', { subject: 'user/usr_1', resource: 'project/prj_1' }],
  ])('%s', async (_what, query) => {
    expect(await rowsAt({ time: moment(), ...query })).toEqual([])
  })
})

describe('a question that has no answer', () => {
  const asked = { subject: `user/${tech}` }
  const invalid: [string, () => Record<string, string>, RegExp][] = [
    ['without a time', () => asked, /time is missing/],
    ['at no time', () => ({ ...asked, time: 'noon' }), /time must be an RFC 3339/],
    [
      'about a time to come',
      () => ({ ...asked, time: new Date(world.now().getTime() + 1).toISOString() }),
      /time must not be in the future/,
    ],
    [
      'about a time too long ago',
      () => ({ ...asked, time: new Date(world.now().getTime() - 400 * 24 * hour - 1).toISOString() }),
      /time must not be more than 400 days ago/,
    ],
    [
      'about a time before the customer was',
      () => ({ ...asked, time: '2026-11-23T11:59:59Z' }),
      /time must not be before the customer was created/,
    ],
    [
      'about everybody before the customer was',
      () => ({ resource: `customer/${acme}`, time: '2026-11-23T11:59:59Z' }),
      /time must not be before the customer was created/,
    ],
    ['about nothing', () => ({ time: moment() }), /subject is missing/],
    ['about no user', () => ({ time: moment(), subject: 'project/main' }), /subject must be user\//],
    [
      'about a subject without a type',
      () => ({ time: moment(), subject: tech ?? '' }),
      /subject must be user\//,
    ],
    ['about a resource of no type', () => ({ time: moment(), resource: 'bucket/1' }), /resource must be/],
    ['about an id that is none', () => ({ time: moment(), resource: 'server/a#b' }), /resource must be/],
    ['with a cursor of another', () => ({ ...asked, time: moment(), cursor: 'abc' }), /cursor/],
  ]
  it.each(invalid)('%s is refused', async (_name, query, detail) => {
    const { status, body } = await ask(query())
    expect([status, body.code]).toEqual([400, 'invalid-request'])
    expect(body.detail).toMatch(detail)
  })

  it('is about the first moment of the customer still answered', async () => {
    const events = await world.ask(`${at}/events?type=customer.created`, await tokenOf('owner'))
    const rows = await rowsAt({ time: String(events.body.items[0]?.at), resource: `customer/${acme}` })
    expect(usersOf(rows)).toEqual([owner])
    expect(rows[0]?.rights[0]?.given?.by).toMatch(/^(webhook|operator):/)
  })

  it('of who may not read the audit trail is forbidden', async () => {
    for (const who of ['tech', 'billing', 'client']) {
      const { status } = await ask({ time: moment(), ...asked }, await tokenOf(who))
      expect(status).toBe(403)
    }
    const { status } = await ask({ time: moment(), ...asked }, await tokenOf('owner'))
    expect(status).toBe(200)
  })
})
