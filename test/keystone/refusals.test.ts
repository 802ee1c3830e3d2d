import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { configureOpenStack } from '../../functions/openstack/configure.ts'
import * as scene from '../functions/provisioning/scene.ts'
import { startTestEngine } from '../support/engine.ts'
import { makeCertificate } from '../support/keystone/certificates.ts'
import { startCustomer } from '../support/keystone/customer.ts'
import { connectTo, ownKeystone, proxyTo } from '../support/keystone/shared.ts'
import * as ks from '../support/keystone/ks.ts'

const engine = await startTestEngine()
const own = await ownKeystone()
const direct = connectTo(own.variables)
const startScene = (keystone: ks.Keystone) => startCustomer(engine, keystone, { begins: [] })

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
      const { deliver, sweep, recordOf, lines, advance } = await startScene(
        connectTo(await variables(), { attempts: 1 }),
      )
      await deliver(...beginning)
      for (let attempt = 0; attempt < 3; attempt++) {
        await sweep()
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
    const { deliver, sweep, expectFailed, customerId, advance, refOf, ...acme } = await startScene(direct)
    const name = `${customerId}_web`
    const theirs = await ks.makeProject(direct, name)
    await deliver(...beginning)
    await sweep()
    await expectFailed(
      'web',
      `the name "${name}" is taken by another project in OpenStack: rename this project, or have the other one renamed`,
    )
    expect(await ks.findProjectNamed(direct, 'default', name)).toEqual(theirs)
    expect(await ks.listAssignments(direct, { projectId: theirs.id })).toEqual([])
    await direct.call({ method: 'DELETE', path: `/projects/${theirs.id}`, expect: 204 })
    advance(6_000)
    await sweep()
    await acme.expectEqualInTheEnd()
    const { projectId } = await refOf('web')
    expect(await ks.listProjectsTagged(direct, `latchkey:${customerId}:${projectId}`)).toHaveLength(1)
  })

  it('with a user’s name is an error of the project; other members are in it, and the stranger gets nothing', async () => {
    const { deliver, sweep, recordOf, customerId } = await startScene(direct)
    const name = `${customerId}_${scene.mail('tom')}`
    await ks.makeUser(direct, { name })
    await deliver(...beginning)
    await sweep()
    const record = await recordOf('web')
    expect(record).toMatchObject({
      state: 'failed',
      error: `the name "${name}" is taken by another user in OpenStack: change the user's e-mail address, or have the other one renamed`,
    })
    const inIt = await ks.membersOf(direct, record?.keystoneId ?? '')
    expect(inIt).toEqual([`${customerId}_${scene.mail('owner')}`])
  })

  it('that we may not assign is an error, and all other steps are made', async () => {
    const proxy = await proxyTo(own.variables)
    const { deliver, sweep, recordOf, advance, expectEqualInTheEnd, lines } = await startScene(
      connectTo(proxy.variables),
    )
    await deliver(...beginning, scene.project.created(4, 'shop'))
    proxy.next('forbidden', ({ method, path }) => method === 'PUT' && path.includes('/roles/'))
    await sweep()
    const states = [await recordOf('web'), await recordOf('shop')]
    expect(states.map((record) => String(record?.state)).toSorted()).toEqual(['failed', 'ready'])
    expect(states.find((record) => record?.state === 'failed')?.error).toBe(
      'OpenStack does not let it be done',
    )
    expect(lines.map(({ fields }) => fields?.error).join()).toContain('You are not authorized')
    advance(6_000)
    await sweep()
    await expectEqualInTheEnd()
  })

  it('does not become ours by its name: only the attribute identifies our users', async () => {
    const { deliver, untilSettled, customerId, openstack, expectEqual } = await startScene(direct)
    await deliver(...beginning)
    await untilSettled()
    const other = await ks.findUserNamed(direct, 'default', `${customerId}_${scene.mail('tom')}`)
    const project = await ks.findProjectNamed(direct, 'default', `${customerId}_web`)
    const admin = await ks.findProjectNamed(direct, 'default', 'admin')
    const [held] = await ks.listAssignments(direct, { projectId: project?.id ?? '' })
    if (!other || !admin || !held) throw new Error('all of them are there')
    await ks.assignRole(direct, { projectId: admin.id, userId: other.id, roleId: held.role.id })
    await openstack.fullSync({ now: true })
    expect(
      (await ks.listAssignments(direct, { projectId: admin.id })).map(({ principal }) => principal.id),
    ).toContain(other.id)
    await expectEqual()
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
