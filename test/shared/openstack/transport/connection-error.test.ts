import { expect, it } from 'vitest'
import { connectionError } from '../../../../shared/openstack/transport/connection-error.ts'

const url = new URL('https://keystone.example:5000/v3/roles?name=x')
const nodeError = (code: string, message = 'Node says so; try --this') =>
  Object.assign(new Error(message), { code })

it.each([
  ['ECONNREFUSED', false, 'unreachable', "https://keystone.example:5000 can't be reached (ECONNREFUSED)"],
  ['ENOTFOUND', false, 'unreachable', "https://keystone.example:5000 can't be reached (ENOTFOUND)"],
  ['ECONNRESET', true, 'interrupted', 'https://keystone.example:5000 broke the connection (ECONNRESET)'],
  [
    'HPE_INVALID_CONSTANT',
    true,
    'broken-answer',
    'https://keystone.example:5000 does not speak HTTP: is it https?',
  ],
  [
    'EPROTO',
    false,
    'unreachable',
    'https://keystone.example:5000 does not speak TLS as it should: is it http?',
  ],
  [
    'CERT_HAS_EXPIRED',
    false,
    'certificate',
    "the certificate of https://keystone.example:5000 can't be trusted: Node says so",
  ],
  [
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    false,
    'certificate',
    "the certificate of https://keystone.example:5000 can't be trusted: Node says so (set OS_CACERT to the CA that signed it)",
  ],
])('%s is told', (code, sent, expected, message) => {
  expect(connectionError(nodeError(code), url, sent)).toMatchObject({
    code: expected,
    message,
    mayHaveHappened: sent,
  })
})
