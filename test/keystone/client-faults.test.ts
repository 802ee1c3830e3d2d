import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { isKeystoneError, type KeystoneErrorCode } from '../../shared/openstack/transport/errors.ts'
import { type Fault, faults } from '../support/keystone/faults.ts'
import { connectTo, ownKeystone, proxyTo, sharedKeystone } from '../support/keystone/shared.ts'
import * as ks from '../support/keystone/ks.ts'

const real = sharedKeystone()
/** By a way without faults. */
const direct = connectTo(real)
const domainId = 'default'

type Operation = {
  method: string
  path: RegExp
  /** Makes what is needed, and returns the operation itself and a look at what came of it. */
  prepare: (name: string) => Promise<[(keystone: ks.Keystone) => Promise<unknown>, () => Promise<unknown>]>
  /** What the look shows once the operation is done. */
  done: unknown
}

const newProject = (name: string) => ({ tags: ['latchkey', name], identity: name })
const newUser = (name: string) => ({ domainId, name, enabled: true, latchkeyUserId: name })

async function makeGrant(name: string) {
  const project = await ks.makeProject(direct, name, newProject(name))
  const user = await ks.createKeystoneUser(direct, newUser(name))
  const role = await ks.createRole(direct, 'network_read')
  const grant = { projectId: project.id, userId: user.id, roleId: role.id }
  return { grant, effect: async () => (await ks.listAssignments(direct, { projectId: project.id })).length }
}

const operations: Record<string, Operation> = {
  'listing roles': {
    method: 'GET',
    path: /\/roles$/,
    prepare: async () => [ks.listRoles, async () => true],
    done: true,
  },
  'creating a project': {
    method: 'POST',
    path: /\/projects$/,
    prepare: async (name) => [
      (keystone) => ks.makeProject(keystone, name, newProject(name)),
      async () => (await ks.listProjectsTagged(direct, name)).length,
    ],
    done: 1,
  },
  'disabling a project': {
    method: 'PATCH',
    path: /\/projects\/\w+$/,
    prepare: async (name) => {
      const made = await ks.makeProject(direct, name, newProject(name))
      return [
        (keystone) => ks.updateKeystoneProject(keystone, made, { enabled: false }),
        async () => (await ks.findProject(direct, made.id))?.enabled,
      ]
    },
    done: false,
  },
  'deleting a project': {
    method: 'DELETE',
    path: /\/projects\/\w+$/,
    prepare: async (name) => {
      const { id } = await ks.makeProject(direct, name, newProject(name))
      return [(keystone) => ks.deleteKeystoneProject(keystone, id), () => ks.findProject(direct, id)]
    },
    done: undefined,
  },
  'creating a user': {
    method: 'POST',
    path: /\/users$/,
    prepare: async (name) => [
      (keystone) => ks.createKeystoneUser(keystone, newUser(name)),
      async () =>
        (await ks.listKeystoneUsers(direct, domainId, name)).map((user) => user.latchkeyUserId === name),
    ],
    done: [true],
  },
  'creating a role': {
    method: 'POST',
    path: /\/roles$/,
    prepare: async (name) => [
      (keystone) => ks.createRole(keystone, name),
      async () => (await ks.listRoles(direct)).filter((role) => role.name === name).length,
    ],
    done: 1,
  },
  assigning: {
    method: 'PUT',
    path: /\/roles\/\w+$/,
    prepare: async (name) => {
      const { grant, effect } = await makeGrant(name)
      return [(keystone) => ks.assignRole(keystone, grant), effect]
    },
    done: 1,
  },
  unassigning: {
    method: 'DELETE',
    path: /\/roles\/\w+$/,
    prepare: async (name) => {
      const { grant, effect } = await makeGrant(name)
      await ks.assignRole(direct, grant)
      const [assignment] = await ks.listAssignments(direct, { projectId: grant.projectId })
      return [async (keystone) => assignment && ks.unassignRole(keystone, assignment), effect]
    },
    done: 0,
  },
}

/** The few that can't be mended by asking again, or by looking who was faster. */
function refusalOf(fault: Fault, method: string): KeystoneErrorCode | undefined {
  if (fault === 'forbidden') return 'forbidden'
  if (fault === 'conflict' && method !== 'POST') return 'conflict'
  if (fault === 'not-found' && method !== 'DELETE') return 'not-found'
  return undefined
}

const [thorough, brief] = [Object.keys(faults) as Fault[], ['conflict', 'not-found', 'timeout'] as const]
const everyMethod = ['listing roles', 'creating a project', 'disabling a project', 'assigning', 'unassigning']
const cases = Object.entries(operations).flatMap(([name, operation]) =>
  (everyMethod.includes(name) ? thorough : brief).map((fault) => ({ fault, name, ...operation })),
)

describe.concurrent('a fault', () => {
  it.each(cases)('$fault while $name', async ({ fault, method, path, prepare, done }) => {
    const proxy = await proxyTo(real, { delayMilliseconds: 1000 })
    const [run, effect] = await prepare(`fault-${randomUUID().slice(0, 13)}`)
    const answerMilliseconds = fault === 'timeout' ? 2500 : 30_000
    const keystone = connectTo(proxy.variables, { answerMilliseconds })
    proxy.next(fault, (request) => request.method === method && path.test(request.path))
    const outcome = await run(keystone).then(
      () => 'done',
      (error: unknown) => isKeystoneError(error) && error.code,
    )
    const refusal = refusalOf(fault, method)
    expect(outcome).toBe(refusal ?? 'done')
    expect(proxy.requests.filter((request) => request.fault === fault)).toHaveLength(1)
    if (refusal) await run(keystone)
    expect(await effect()).toEqual(done)
  })
})

describe('a fault that stays', () => {
  it.each<[Fault, KeystoneErrorCode, number]>([
    ['failed', 'failed', 4],
    ['html', 'broken-answer', 4],
    ['reset', 'interrupted', 4],
    ['throttled', 'throttled', 4],
    ['conflict', 'conflict', 1],
  ])('%s is told as %s after %d requests', async (fault, code, count) => {
    const proxy = await proxyTo(real)
    const keystone = connectTo(proxy.variables)
    await ks.listRoles(keystone)
    proxy.requests.length = 0
    proxy.atRandom(1, [fault])
    await expect(ks.listRoles(keystone)).rejects.toMatchObject({ code })
    expect(proxy.requests).toHaveLength(count)
  })

  it('is waited for as long as Retry-After says, but no longer than ten seconds', async () => {
    const pauses: number[] = []
    const pause = async (milliseconds: number) => void pauses.push(milliseconds)
    const impatient = async (retryAfter: string) => {
      const proxy = await proxyTo(real, { retryAfter })
      const keystone = connectTo(proxy.variables, { pause })
      proxy.next('throttled', ({ path }) => path.endsWith('/roles'))
      return ks.listRoles(keystone)
    }
    expect(await impatient('7')).not.toEqual([])
    expect(pauses).toEqual([expect.closeTo(7150, -3)])
    await expect(impatient('60')).rejects.toMatchObject({ code: 'throttled', retryAfterSeconds: 60 })
    expect(pauses).toHaveLength(1)
  })
})

describe('a list that Keystone cuts short', () => {
  it('is not taken for the whole', async () => {
    const own = await ownKeystone('[role]\nlist_limit = 2')
    await expect(ks.listRoles(connectTo(own.variables))).rejects.toMatchObject({
      code: 'truncated',
      message:
        "Keystone's list of roles is cut short: raise or remove list_limit in Keystone's configuration",
    })
  })
})

describe('a credential that may not', () => {
  it("assign is told so in Keystone's words, and sees what it may see", async () => {
    const name = `small-${randomUUID().slice(0, 13)}`
    const { grant } = await makeGrant(name)
    const login = { name: `${name}-login`, domain_id: domainId, password: 'small-secret' }
    const id = await ks.makeUser(direct, login)
    const reader = await ks.createRole(direct, 'reader')
    await ks.assignRole(direct, { ...grant, userId: id, roleId: reader.id })
    const credential = { OS_USERNAME: login.name, OS_PASSWORD: login.password, OS_PROJECT_NAME: name }
    const small = connectTo({ ...real, ...credential })
    const forbidden = {
      code: 'forbidden',
      status: 403,
      message: expect.stringMatching(
        /^Keystone refuses \(403\): You are not authorized .*identity:create_grant/,
      ),
    }
    await expect(ks.assignRole(small, grant)).rejects.toMatchObject(forbidden)
    const creation = ks.makeProject(small, `${name}-2`)
    await expect(creation).rejects.toSatisfy((error) => isKeystoneError(error, 'forbidden'))
  })
})
