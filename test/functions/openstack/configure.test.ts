import { expect, test } from 'vitest'
import { configureOpenStack } from '../../../functions/openstack/configure.ts'
import { isKeystoneError } from '../../../shared/openstack/transport/errors.ts'

const openrc = {
  OS_AUTH_URL: 'https://keystone.example:5000/v3',
  OS_USERNAME: 'latchkey',
  OS_PASSWORD: 's3cret',
  OS_PROJECT_NAME: 'admin',
}

test.each([undefined, '', '  '])(
  'without OS_AUTH_URL (%j) OpenStack is off, and nothing else is read',
  (url) => {
    const wrong = { OS_DRIFT: 'maybe', OS_PROJECT_DELETE: 'never', OS_ROLE_NAMES: '{' }
    for (const rest of [openrc, wrong])
      expect(configureOpenStack({ ...rest, OS_AUTH_URL: url })).toBeUndefined()
  },
)

test('drift is repaired by default', () => {
  expect(configureOpenStack(openrc)).toMatchObject({
    keystone: { authUrl: openrc.OS_AUTH_URL },
    mapping: { domainId: 'default', projectDelete: 'disable' },
    drift: 'repair',
  })
})

test.each([
  ['repair', 'repair'],
  ['report', 'report'],
  [' report\r', 'report'],
  ['', 'repair'],
])('OS_DRIFT %j means %s', (text, drift) => {
  expect(configureOpenStack({ ...openrc, OS_DRIFT: text })).toMatchObject({ drift })
})

test.each([
  ['OS_DRIFT', 'maybe'],
  ['OS_DRIFT', 'Report'],
  ['OS_AUTH_URL', 'keystone.example'],
  ['OS_PASSWORD', ''],
  ['OS_PROJECT_DELETE', 'never'],
  ['OS_ROLE_NAMES', '{"full":1}'],
  ['OS_IDP', 'corp'],
  ['OS_INTERFACE', 'secret'],
])('%s that does not fit (%j) is told by its name, and no secret with it', (name, value) => {
  let thrown: unknown
  try {
    configureOpenStack({ ...openrc, [name]: value })
  } catch (error) {
    thrown = error
  }
  expect(isKeystoneError(thrown, 'configuration')).toBe(true)
  expect(String(thrown)).toContain(name)
  expect(String(thrown)).not.toContain(openrc.OS_PASSWORD)
})
