import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { configureOpenStack } from '../../functions/openstack/configure.ts'
import { assignRole, listAssignments } from '../../shared/openstack/keystone/assignments.ts'
import type { Keystone } from '../../shared/openstack/keystone/client.ts'
import { createKeystoneProject, listProjectsTagged } from '../../shared/openstack/keystone/projects.ts'
import { findRecord } from '../../shared/openstack/sync/store.ts'
import { listProjects } from '../../shared/records/projects.ts'
import * as scene from '../functions/provisioning/scene.ts'
import { startTestEngine } from '../support/engine.ts'
import { makeCertificate } from '../support/keystone/certificates.ts'
import { compare } from '../support/keystone/equal.ts'
import { findProjectNamed, findUserNamed } from '../support/keystone/find.ts'
import { startSync } from '../support/keystone/sync.ts'
import { connectTo, ownKeystone, proxyTo } from '../support/keystone/shared.ts'
import type { TimedEvent } from '../support/timeline.ts'

const engine = await startTestEngine()
const own = await ownKeystone()
const direct = connectTo(own.variables)
let customers = 0

async function startScene(keystone: Keystone, variables = {}) {
  const customerId = `BGE${String(++customers).padStart(6, '0')}`
  let ahead = 0
  const now = () => new Date(Date.now() + ahead)
  const advance = (milliseconds: number) => void (ahead += milliseconds)
  const sync = await startSync(engine, { keystone, variables, now, advance, onStream: false })
  const deliver = (...events: TimedEvent[]) =>
    sync.deliverEach(events.map((each) => ({ ...each, data: { ...each.data, customerId } })))
  return {
    ...sync,
    customerId,
    deliver,
    advance,
    recordOf: async (name: string) => {
      const { items } = await listProjects(sync.table, customerId)
      const id = items.find((project) => project.name === name)?.id ?? ''
      return findRecord(sync.table, { customerId, projectId: id })
    },
    sides: () => compare(sync.table, direct, customerId),
  }
}

const beginning = [
  scene.customer.created,
  scene.user.created(1, 'tom', 'tech'),
  scene.project.created(2, 'web'),
  scene.membership.granted(3, 'tom', 'web'),
]

describe('a Keystone that cannot be asked', () => {
  const wrong: [string, () => Promise<Record<string, string>>, RegExp][] = [
    ['a wrong password', async () => ({ ...own.variables, OS_PASSWORD: 'not it' }), /unauthenticated/],
    ['nobody there', async () => ({ ...own.variables, OS_AUTH_URL: 'http://127.0.0.1:1/v3' }), /unreachable/],
    [
      'a path that is not Keystone’s',
      async () => ({ ...own.variables, OS_AUTH_URL: `${new URL(own.authUrl).origin}/elsewhere` }),
      /broken-answer|not-found/,
    ],
    [
      'a certificate that does not fit',
      async () =>
        (await proxyTo(own.variables, { certificate: makeCertificate('DNS:elsewhere.example') })).variables,
      /certificate/,
    ],
    ['HTML', htmlServer, /broken-answer/],
  ]

  it.each(wrong)(
    '%s: the project waits, the directory goes on, and the log says why once',
    async (_, variables, code) => {
      const { deliver, openstack, recordOf, lines, advance } = await startScene(
        connectTo(await variables(), { attempts: 1 }),
      )
      await deliver(...beginning)
      for (let attempt = 0; attempt < 3; attempt++) {
        await openstack.sweep()
        advance(40_000)
      }
      expect(await recordOf('web')).toMatchObject({
        state: 'pending',
        error: 'OpenStack cannot be reached at the moment',
      })
      const said = lines.filter(({ level }) => level === 'error')
      expect(said).toHaveLength(1)
      expect(said[0]?.message).toBe("Keystone can't be reached")
      expect(String(said[0]?.fields?.code)).toMatch(code)
      expect(JSON.stringify(lines)).not.toContain(own.variables.OS_PASSWORD)
    },
  )
})

describe('an entity of others', () => {
  it('with a project’s name is an error of our project, stays as it is, and the name is taken once it is free', async () => {
    const { deliver, openstack, recordOf, customerId, untilSettled, sides, table, advance } =
      await startScene(direct)
    const name = `${customerId}_web`
    const theirs = await createKeystoneProject(direct, {
      domainId: 'default',
      name,
      description: 'theirs',
      enabled: true,
      tags: [],
      identity: '',
    })
    await deliver(...beginning)
    await openstack.sweep()
    expect(await recordOf('web')).toMatchObject({
      state: 'failed',
      error: `the name "${name}" is taken by another project in OpenStack: rename this project, or have the other one renamed`,
    })
    expect(await findProjectNamed(direct, 'default', name)).toEqual(theirs)
    expect(await listAssignments(direct, { projectId: theirs.id })).toEqual([])
    await direct.call({ method: 'DELETE', path: `/projects/${theirs.id}`, expect: 204 })
    advance(6_000)
    await openstack.sweep()
    await untilSettled()
    const { expected: should, actual: is } = await sides()
    expect(is).toEqual(should)
    expect(
      await listProjectsTagged(
        direct,
        `latchkey:${customerId}:${(await listProjects(table, customerId)).items[1]?.id}`,
      ),
    ).toHaveLength(1)
  })

  it('with a user’s name is an error of the project; other members are in it, and the stranger gets nothing', async () => {
    const { deliver, openstack, recordOf, customerId } = await startScene(direct)
    const name = `${customerId}_${scene.mail('tom')}`
    await direct.call({ method: 'POST', path: '/users', body: { user: { name } }, expect: 201 })
    await deliver(...beginning)
    await openstack.sweep()
    const record = await recordOf('web')
    expect(record).toMatchObject({
      state: 'failed',
      error: `the name "${name}" is taken by another user in OpenStack: change the user's e-mail address, or have the other one renamed`,
    })
    const inIt = await listAssignments(direct, { projectId: record?.keystoneId ?? '' })
    expect(inIt.map(({ principal }) => principal.name)).toEqual([`${customerId}_${scene.mail('owner')}`])
  })

  it('that we may not assign is an error, and all other steps are made', async () => {
    const proxy = await proxyTo(own.variables)
    const { deliver, openstack, recordOf, advance, untilSettled, sides, lines } = await startScene(
      connectTo(proxy.variables),
    )
    await deliver(...beginning, scene.project.created(4, 'shop'))
    proxy.next('forbidden', ({ method, path }) => method === 'PUT' && path.includes('/roles/'))
    await openstack.sweep()
    const states = [await recordOf('web'), await recordOf('shop')]
    expect(states.map((record) => String(record?.state)).toSorted()).toEqual(['failed', 'ready'])
    expect(states.find((record) => record?.state === 'failed')?.error).toBe(
      'OpenStack does not let it be done',
    )
    expect(lines.map(({ fields }) => fields?.error).join()).toContain('You are not authorized')
    advance(6_000)
    await openstack.sweep()
    await untilSettled()
    const { expected: should, actual: is } = await sides()
    expect(is).toEqual(should)
  })

  it('does not become ours by its name: only the attribute identifies our users', async () => {
    const { deliver, untilSettled, customerId, openstack, sides } = await startScene(direct)
    await deliver(...beginning)
    await untilSettled()
    const other = await findUserNamed(direct, 'default', `${customerId}_${scene.mail('tom')}`)
    const project = await findProjectNamed(direct, 'default', `${customerId}_web`)
    const admin = await findProjectNamed(direct, 'default', 'admin')
    const [held] = await listAssignments(direct, { projectId: project?.id ?? '' })
    if (!other || !admin || !held) throw new Error('all of them are there')
    await assignRole(direct, { projectId: admin.id, userId: other.id, roleId: held.role.id })
    await openstack.fullSync({ now: true })
    expect(
      (await listAssignments(direct, { projectId: admin.id })).map(({ principal }) => principal.id),
    ).toContain(other.id)
    const { expected: should, actual: is } = await sides()
    expect(is).toEqual(should)
  })
})

it('an error of the configuration names the variable', () => {
  expect(() => configureOpenStack({ ...own.variables, OS_DRIFT: 'ignore' })).toThrow(/OS_DRIFT/)
  expect(() => configureOpenStack({ ...own.variables, OS_PASSWORD: '' })).toThrow(/OS_PASSWORD/)
  expect(configureOpenStack({ ...own.variables, OS_AUTH_URL: '' })).toBeUndefined()
})

async function htmlServer() {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Welcome!</html>')
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  server.unref()
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return { ...own.variables, OS_AUTH_URL: `http://127.0.0.1:${port}/v3` }
}
