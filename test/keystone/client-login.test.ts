import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { connectKeystone, type KeystoneOptions, pathTo } from '../../shared/openstack/keystone/client.ts'
import { listRoles } from '../../shared/openstack/keystone/roles.ts'
import { readKeystoneConfig, type Variables } from '../../shared/openstack/transport/read-config.ts'
import { temporaryFolder } from '../infra/local/temporary-folder.ts'
import { makeCertificate } from '../support/keystone/certificates.ts'
import type { ProxyOptions } from '../support/keystone/fault-proxy.ts'
import { connectTo, ownKeystone, proxyTo, sharedKeystone } from '../support/keystone/shared.ts'

const real = sharedKeystone()
const authUrl = real.OS_AUTH_URL ?? ''
const origin = new URL(authUrl).origin

const servers: Server[] = []
afterAll(() => {
  for (const server of servers) server.close().closeAllConnections()
})

async function proxied(options?: ProxyOptions) {
  const proxy = await proxyTo(real, options)
  return { ...proxy, logins: () => proxy.requests.filter(({ path }) => path === '/v3/auth/tokens').length }
}

/** What a first call says, and that no secret is in it. */
async function failureOf(variables: Variables, options?: KeystoneOptions): Promise<Error> {
  const keystone = connectTo(variables, { attempts: 2, ...options })
  const error: unknown = await listRoles(keystone).catch((thrown: unknown) => thrown)
  if (!(error instanceof Error)) throw new Error('nothing failed')
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(real.OS_PASSWORD)
  return error
}

const expectFailure = async (
  variables: Variables,
  code: string,
  message: unknown,
  options?: KeystoneOptions,
) => expect(await failureOf(variables, options)).toMatchObject({ code, message })
const expectLogin = async (variables: Variables): Promise<void> =>
  expect(await listRoles(connectTo(variables))).not.toEqual([])

/** What isn't Keystone: a server that always answers this, or never. */
async function serve(answer?: { status: number; type: string; body: string; location?: string }) {
  const server = createServer((_, response) => {
    if (!answer) return
    const { status, type, body, location } = answer
    response.writeHead(status, { 'content-type': type, ...(location && { location }) }).end(body)
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}

describe('a client logs in', () => {
  it.each([
    ['as openrc says', {}],
    ['without /v3', { OS_AUTH_URL: origin }],
    ['with slashes at the end', { OS_AUTH_URL: `${authUrl}//` }],
    ['by the names of domains', { OS_USER_DOMAIN_ID: '', OS_USER_DOMAIN_NAME: 'Default' }],
    ['for the whole system', { OS_PROJECT_NAME: '', OS_SYSTEM_SCOPE: 'all' }],
    ['where OS_AUTH_TYPE says so', { OS_AUTH_TYPE: 'v3password' }],
    ['at an interface of the catalogue', { OS_INTERFACE: 'internal' }],
  ])('%s', async (_, variables) => {
    await expectLogin({ ...real, ...variables })
  })

  it('by ids, and with an application credential by id or by name', async () => {
    const admin = connectTo(real)
    const query = { name: 'admin' }
    const find = async (kind: string) => {
      const json = await admin.call({ method: 'GET', path: pathTo(kind), query, expect: 200 })
      return (json as Record<string, { id: string }[]>)[kind]?.[0]?.id ?? ''
    }
    const [userId, projectId] = [await find('users'), await find('projects')]
    const { OS_USERNAME: _user, OS_PROJECT_NAME: _project, ...rest } = real
    await expectLogin({ ...rest, OS_USER_ID: userId, OS_PROJECT_ID: projectId })

    const path = pathTo('users', userId, 'application_credentials')
    const body = { application_credential: { name: 'latchkey' } }
    const json = await admin.call({ method: 'POST', path, body, expect: 201 })
    const { id, secret } = (json as { application_credential: { id: string; secret: string } })
      .application_credential
    const own = { OS_AUTH_URL: authUrl, OS_APPLICATION_CREDENTIAL_SECRET: secret }
    const byId = { ...own, OS_AUTH_TYPE: 'v3applicationcredential', OS_APPLICATION_CREDENTIAL_ID: id }
    await expectLogin(byId)
    const byName = { ...own, OS_APPLICATION_CREDENTIAL_NAME: 'latchkey', OS_USERNAME: 'admin' }
    await expectLogin(byName)
    await expectFailure(
      { ...byId, OS_APPLICATION_CREDENTIAL_SECRET: 'wrong' },
      'unauthenticated',
      expect.stringContaining('OS_APPLICATION_CREDENTIAL_SECRET'),
    )
  })

  it('once, however many ask, and asks for nothing before', async () => {
    const proxy = await proxied()
    const keystone = connectTo(proxy.variables)
    expect(proxy.requests).toEqual([])
    await Promise.all(Array.from({ length: 20 }, () => listRoles(keystone)))
    await listRoles(keystone)
    expect(proxy.logins()).toBe(1)
    expect(proxy.requests).toHaveLength(1 + 1 + 21)
  })

  it('again and once when the token is refused, for however many', async () => {
    const proxy = await proxied()
    const keystone = connectTo(proxy.variables)
    await listRoles(keystone)
    for (let count = 0; count < 10; count++) proxy.next('unauthorized', ({ path }) => path === '/v3/roles')
    await Promise.all(Array.from({ length: 10 }, () => listRoles(keystone)))
    expect(proxy.logins()).toBe(2)
  })

  it('no third time where the new token is refused as well', async () => {
    const proxy = await proxied()
    const keystone = connectTo(proxy.variables)
    for (let count = 0; count < 2; count++) proxy.next('unauthorized', ({ path }) => path === '/v3/roles')
    await expect(listRoles(keystone)).rejects.toMatchObject({ code: 'unauthenticated', status: 401 })
    expect(proxy.logins()).toBe(2)
    expect(await listRoles(keystone)).not.toEqual([])
  })

  const faults = [
    'throttled',
    'failed',
    'unavailable',
    'html',
    'broken-json',
    'reset',
    'cut-off',
    'refused',
  ] as const
  it.each(faults)('although the first answers to it were: %s', async (fault) => {
    const proxy = await proxied()
    proxy.next(fault)
    proxy.next(fault, ({ method }) => method === 'POST')
    await expectLogin(proxy.variables)
  })
})

describe('a token', () => {
  it('is renewed before it expires, and also when Keystone alone knows that it has', async () => {
    const own = await ownKeystone('[token]\nexpiration = 9')
    const statuses: (number | undefined)[] = []
    const observe = ({ status }: { status: number | undefined }) => void statuses.push(status)
    const keystone = connectTo(own.variables, { observe })
    const start = performance.now()
    while (performance.now() - start < 12_000) {
      expect(await listRoles(keystone)).not.toEqual([])
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect(statuses.filter((status) => status === 201).length).toBeGreaterThanOrEqual(2)
    expect(statuses).not.toContain(401)

    const stopped = new Date()
    const unaware = connectTo(own.variables, { observe, now: () => stopped })
    await listRoles(unaware)
    await new Promise((resolve) => setTimeout(resolve, 10_000))
    expect(await listRoles(unaware)).not.toEqual([])
    expect(statuses).toContain(401)
  })
})

describe('a refused login', () => {
  it('is told with what to look at, and not tried again for 30 seconds', async () => {
    const proxy = await proxied()
    let now = Date.now()
    const keystone = connectTo({ ...proxy.variables, OS_PASSWORD: 'wrong' }, { now: () => new Date(now) })
    const refused = {
      code: 'unauthenticated',
      status: 401,
      message:
        'Keystone refuses (401): The request you have made requires authentication. (look at OS_USERNAME, ' +
        'OS_PASSWORD, OS_USER_DOMAIN_ID, OS_PROJECT_NAME and OS_PROJECT_DOMAIN_ID)',
    }
    const isRefused = () => expect(listRoles(keystone)).rejects.toMatchObject(refused)
    await Promise.all(Array.from({ length: 5 }, isRefused))
    await isRefused()
    expect(proxy.logins()).toBe(1)
    now += 30_000
    await isRefused()
    expect(proxy.logins()).toBe(2)
  })

  it.each([
    ['user', { OS_USERNAME: 'nobody' }],
    ['project', { OS_PROJECT_NAME: 'nowhere' }],
    ['domain', { OS_USER_DOMAIN_ID: 'nowhere' }],
  ])('of a %s that is not there is the same', async (_, variables) => {
    expect(await failureOf({ ...real, ...variables })).toMatchObject({ code: 'unauthenticated' })
  })

  it('for a region that is not there says which are', async () => {
    await expectFailure(
      { ...real, OS_REGION_NAME: 'Mars' },
      'configuration',
      "OS_REGION_NAME is not one of Keystone's regions (RegionOne)",
    )
  })
})

describe('a wrong URL is told', () => {
  it('where nobody listens', async () => {
    const url = await serve()
    const port = Number(new URL(url).port)
    await expectFailure(
      { ...real, OS_AUTH_URL: `http://127.0.0.2:${port}` },
      'unreachable',
      `http://127.0.0.2:${port} can't be reached (ECONNREFUSED)`,
    )
  })

  it('where no such host is', async () => {
    const OS_AUTH_URL = 'http://keystone.invalid:5000/v3'
    expect(await failureOf({ ...real, OS_AUTH_URL })).toMatchObject({ code: 'unreachable' })
  })

  it('where the path is wrong', async () => {
    await expectFailure(
      { ...real, OS_AUTH_URL: `${origin}/identity/v3` },
      'broken-answer',
      `OS_AUTH_URL (${origin}/identity/v3/) is no Keystone: no Keystone answers there: 404 with text/html`,
    )
  })

  it.each<[string, number, string, string, string]>([
    ['a page', 200, 'text/html', '<html>', '200 with text/html that is not JSON'],
    ['other JSON', 200, 'application/json', '{"hello":"world"}', 'it lists no versions of the identity API'],
    ['null', 200, 'application/json', 'null', 'it lists no versions of the identity API'],
    [
      'an older version',
      300,
      'application/json',
      '{"versions":{"values":[{"id":"v2.0","status":"deprecated"}]}}',
      'it offers v2.0, and version 3 is needed',
    ],
    ['a single older version', 200, 'application/json', '{"version":{"id":"v2.0"}}', 'it offers v2.0'],
    ['no version', 300, 'application/json', '{"versions":{"values":[]}}', 'it offers no version'],
    ['a refusal', 403, 'application/json', '{"error":{"message":"Go away."}}', 'refuses (403): Go away.'],
  ])('where there is %s', async (_, status, type, body, message) => {
    const OS_AUTH_URL = await serve({ status, type, body })
    await expectFailure({ ...real, OS_AUTH_URL }, 'broken-answer', expect.stringContaining(message))
  })

  it('where it leads elsewhere, without following', async () => {
    const elsewhere = 'http://elsewhere.invalid'
    const location = `${elsewhere}/v3/?x=y`
    const OS_AUTH_URL = await serve({ status: 301, type: 'text/html', body: '', location })
    await expectFailure(
      { ...real, OS_AUTH_URL },
      'broken-answer',
      expect.stringContaining(`301 to ${elsewhere} with text/html`),
    )
  })

  it('where nothing is said within the time', async () => {
    const OS_AUTH_URL = await serve()
    await expectFailure({ ...real, OS_AUTH_URL }, 'timeout', `no answer from ${OS_AUTH_URL} within 200 ms`, {
      answerMilliseconds: 200,
    })
  })
})

describe('a certificate', () => {
  const ours = makeCertificate('IP:127.0.0.1')

  it('of a CA that OS_CACERT names, as text or as a file, is trusted', async () => {
    const proxy = await proxied({ certificate: ours })
    await expectLogin({ ...proxy.variables, OS_CACERT: ours.cert })
    const file = join(temporaryFolder(), 'ca.pem')
    writeFileSync(file, ours.cert)
    await expectLogin({ ...proxy.variables, OS_CACERT: file })
  })

  it('of an unknown CA is not, and OS_CACERT is what helps', async () => {
    const proxy = await proxied({ certificate: ours })
    const shown = new URL(proxy.url).origin
    await expectFailure(
      proxy.variables,
      'certificate',
      `the certificate of ${shown} can't be trusted: self-signed certificate (set OS_CACERT to the CA that signed it)`,
    )
    expect(proxy.requests).toEqual([])
  })

  it('for another name is not', async () => {
    const theirs = makeCertificate('DNS:other.example')
    const proxy = await proxied({ certificate: theirs })
    await expectFailure(
      { ...proxy.variables, OS_CACERT: theirs.cert },
      'certificate',
      expect.stringMatching(/^the certificate of https:\S+ is for another name: .*127\.0\.0\.1/),
    )
  })

  it('is missed where there is only http, and the other way round', async () => {
    const wrong = (await proxied()).url.replace('http:', 'https:')
    await expectFailure(
      { ...real, OS_AUTH_URL: wrong },
      'unreachable',
      `${new URL(wrong).origin} does not speak TLS as it should: is it http?`,
    )
    const silent = { ...real, OS_AUTH_URL: authUrl.replace('http:', 'https:') }
    await expectFailure(
      silent,
      'unreachable',
      `${origin.replace('http:', 'https:')} takes connections, but speaks no TLS within 500 ms: is it http?`,
      { attempts: 1, connectMilliseconds: 500 },
    )
    const proxy = await proxied({ certificate: ours })
    const plain = { ...proxy.variables, OS_AUTH_URL: proxy.url.replace('https:', 'http:') }
    expect(['interrupted', 'broken-answer']).toContain(((await failureOf(plain)) as { code?: string }).code)
  })

  it('needs the file of OS_CACERT to be there', () => {
    const config = readKeystoneConfig({ ...real, OS_CACERT: '/nowhere/ca.pem' })
    expect(() => config && connectKeystone(config)).toThrow("OS_CACERT can't be read: /nowhere/ca.pem")
  })
})
