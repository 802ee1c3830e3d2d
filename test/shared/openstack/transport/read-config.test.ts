import { describe, expect, it } from 'vitest'
import { readKeystoneConfig } from '../../../../shared/openstack/transport/read-config.ts'

const openrc = {
  OS_AUTH_URL: 'https://keystone.example:5000/v3',
  OS_USERNAME: 'latchkey',
  OS_PASSWORD: ' s3cret ',
  OS_USER_DOMAIN_ID: 'service',
  OS_PROJECT_NAME: 'admin',
  OS_PROJECT_DOMAIN_ID: 'default',
  OS_REGION_NAME: 'RegionOne',
}
const { OS_USERNAME: _user, OS_PASSWORD: _password, OS_PROJECT_NAME: _project, ...bare } = openrc
const credential = { OS_APPLICATION_CREDENTIAL_ID: 'abc', OS_APPLICATION_CREDENTIAL_SECRET: 'xyz' }
const inDefault = { domain: { id: 'default' } }
const domainless = { OS_USER_DOMAIN_ID: '' }
const userIn = (domain: object) => ({ credential: { user: { domain } } })
const latchkey = { name: 'latchkey', domain: { id: 'service' } }

describe('an openrc', () => {
  it('is read', () => {
    expect(readKeystoneConfig(openrc)).toEqual({
      authUrl: 'https://keystone.example:5000/v3',
      credential: { kind: 'password', user: latchkey, password: ' s3cret ' },
      scope: { project: { name: 'admin', ...inDefault } },
      region: 'RegionOne',
    })
  })

  it.each([undefined, '', ' '])('with %j for OS_AUTH_URL switches OpenStack off', (url) => {
    expect(readKeystoneConfig({ ...openrc, OS_AUTH_URL: url })).toBeUndefined()
    expect(readKeystoneConfig({ OS_AUTH_URL: url })).toBeUndefined()
  })

  it.each([
    ['https://keystone.example/', 'https://keystone.example'],
    ['https://keystone.example/identity//', 'https://keystone.example/identity'],
    [' HTTPS://Keystone.Example:443/v3/\r', 'https://keystone.example/v3'],
    ['http://[::1]:5000/v3', 'http://[::1]:5000/v3'],
  ])('may say %j', (url, authUrl) => {
    expect(readKeystoneConfig({ ...openrc, OS_AUTH_URL: url })).toMatchObject({ authUrl })
  })

  it.each([
    ['user by id', { OS_USER_ID: 'u1' }, { credential: { user: { id: 'u1' } } }],
    ['domain by name', { ...domainless, OS_USER_DOMAIN_NAME: 'Service' }, userIn({ name: 'Service' })],
    ['no domain', domainless, userIn({ id: 'default' })],
    ['another default domain', { ...domainless, OS_DEFAULT_DOMAIN: 'd' }, userIn({ id: 'd' })],
    ['project by id', { OS_PROJECT_ID: 'p1' }, { scope: { project: { id: 'p1' } } }],
    ['domain scope', { OS_PROJECT_NAME: '', OS_DOMAIN_NAME: 'D' }, { scope: { domain: { name: 'D' } } }],
    ['system scope', { OS_PROJECT_NAME: '', OS_SYSTEM_SCOPE: 'all' }, { scope: { system: { all: true } } }],
    ['interface', { OS_INTERFACE: 'internal' }, { interface: 'internal' }],
    ['older interface', { OS_ENDPOINT_TYPE: 'adminURL' }, { interface: 'admin' }],
    ['CA', { OS_CACERT: '/etc/ca.pem' }, { caCertificate: '/etc/ca.pem' }],
    ['version', { OS_IDENTITY_API_VERSION: '3' }, {}],
  ])('may name a %s', (_, variables, expected) => {
    expect(readKeystoneConfig({ ...openrc, ...variables })).toMatchObject(expected)
  })

  it('may be an application credential, by id or by its name and user, which has its own scope', () => {
    const byId = { kind: 'application-credential', credential: { id: 'abc' }, secret: 'xyz' }
    const config = readKeystoneConfig({ ...openrc, ...credential })
    expect(config?.credential).toEqual(byId)
    expect(config).not.toHaveProperty('scope')
    expect(
      readKeystoneConfig({ ...bare, OS_AUTH_TYPE: 'v3applicationcredential', ...credential }),
    ).toMatchObject({ credential: byId })
    const { OS_APPLICATION_CREDENTIAL_ID: _, ...rest } = credential
    const named = { ...openrc, ...rest, OS_APPLICATION_CREDENTIAL_NAME: 'n' }
    expect(readKeystoneConfig(named)?.credential).toMatchObject({ credential: { name: 'n', user: latchkey } })
  })

  it('may be a password although an application credential is there, where OS_AUTH_TYPE says so', () => {
    const config = readKeystoneConfig({ ...openrc, ...credential, OS_AUTH_TYPE: 'password' })
    expect(config?.credential.kind).toBe('password')
  })
})

describe('a configuration error', () => {
  it.each<[string, Record<string, string>]>([
    ['OS_AUTH_URL is not an http(s) URL', { OS_AUTH_URL: 'keystone.example:5000' }],
    ['OS_AUTH_URL is not an http(s) URL', { OS_AUTH_URL: 'ftp://keystone.example' }],
    ['OS_AUTH_URL may hold neither credentials', { OS_AUTH_URL: 'https://a:hush@keystone.example' }],
    ['neither credentials nor a query', { OS_AUTH_URL: 'https://keystone.example/v3?x=hush' }],
    ['OS_IDENTITY_API_VERSION must be 3', { OS_IDENTITY_API_VERSION: '2.0' }],
    ['OS_AUTH_TYPE must be password, v3password or', { OS_AUTH_TYPE: 'v3oidcpassword' }],
    ['OS_USERNAME is missing (or set OS_APPLICATION_CREDENTIAL_ID and', { OS_USERNAME: '' }],
    ['OS_PASSWORD is missing (or set OS_APPLICATION_CREDENTIAL_ID and', { OS_PASSWORD: '' }],
    ['OS_PROJECT_NAME is missing (or set OS_SYSTEM_SCOPE=all)', { OS_PROJECT_NAME: '' }],
    ['only one of OS_PROJECT_*, OS_DOMAIN_* and OS_SYSTEM_SCOPE may be set', { OS_SYSTEM_SCOPE: 'all' }],
    ['OS_SYSTEM_SCOPE must be all', { OS_SYSTEM_SCOPE: 'yes', OS_PROJECT_NAME: '' }],
    ['OS_INTERFACE must be public, internal or admin', { OS_INTERFACE: 'private' }],
    ['OS_APPLICATION_CREDENTIAL_SECRET is missing', { OS_APPLICATION_CREDENTIAL_ID: 'abc' }],
    [
      'OS_APPLICATION_CREDENTIAL_ID is missing',
      { OS_AUTH_TYPE: 'v3applicationcredential', OS_APPLICATION_CREDENTIAL_SECRET: 'hush' },
    ],
  ])('is told: %s', (problem, variables) => {
    const read = () => readKeystoneConfig({ ...openrc, OS_PASSWORD: 'hush', ...variables })
    expect(read).toThrow(
      expect.objectContaining({ code: 'configuration', message: expect.stringContaining(problem) }),
    )
    expect(read).not.toThrow(/hush/)
  })

  it('has all problems at once', () => {
    expect(() => readKeystoneConfig({ OS_AUTH_URL: 'x' })).toThrow(
      'OpenStack is not configured: OS_AUTH_URL is not an http(s) URL such as https://keystone.example.com:5000/v3; ' +
        'OS_USERNAME is missing (or set OS_APPLICATION_CREDENTIAL_ID and OS_APPLICATION_CREDENTIAL_SECRET); ' +
        'OS_PASSWORD is missing (or set OS_APPLICATION_CREDENTIAL_ID and OS_APPLICATION_CREDENTIAL_SECRET); ' +
        'OS_PROJECT_NAME is missing (or set OS_SYSTEM_SCOPE=all)',
    )
  })
})
