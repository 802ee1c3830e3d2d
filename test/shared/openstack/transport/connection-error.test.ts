import { expect, it } from 'vitest'
import { connectionError } from '../../../../shared/openstack/transport/connection-error.ts'

const host = 'https://keystone.example:5000'
const url = new URL('https://keystone.example:5000/v3/roles?name=x')
const untrusted = `the certificate of ${host} can't be trusted: Node says so`
const nodeError = (code: string, message = 'Node says so; try --this') =>
  Object.assign(new Error(message), { code })

it.each([
  ['ECONNREFUSED', false, 'unreachable', `${host} can't be reached (ECONNREFUSED)`],
  ['ENOTFOUND', false, 'unreachable', `${host} can't be reached (ENOTFOUND)`],
  ['ECONNRESET', true, 'interrupted', `${host} broke the connection (ECONNRESET)`],
  ['HPE_INVALID_CONSTANT', true, 'broken-answer', `${host} does not speak HTTP: is it https?`],
  ['EPROTO', false, 'unreachable', `${host} does not speak TLS as it should: is it http?`],
  ['CERT_HAS_EXPIRED', false, 'certificate', untrusted],
  [
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    false,
    'certificate',
    `${untrusted} (set OS_CACERT to the CA that signed it)`,
  ],
])('%s is told', (code, sent, expected, message) => {
  const error = connectionError(nodeError(code), url, sent)
  expect(error).toMatchObject({ code: expected, message, mayHaveHappened: sent })
})
