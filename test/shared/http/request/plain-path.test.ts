import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isPlainPath, routablePath } from '../../../../shared/http/request/plain-path.ts'
import { runs } from '../../../support/long.ts'

const server = '/v1/customers/BGE000001/servers/vps-1.a_b~c'
test.each(['/', '/v1/me', server, '/.well-known/jwks.json', '/v1//me', '/...', '/v1/me/'])(
  '%s is what it is',
  (path) => {
    expect([isPlainPath(path), routablePath(path)]).toEqual([true, path])
  },
)

const piece = fc.oneof(
  fc.constantFrom('v1', 'me', '..', '.', '%2e%2e', '%2f', '#', '?', '\\', '/', '%', '%25', ';'),
  fc.constantFrom('\t', '\n', '\0', ' ', '\ud83d', 'é'),
  fc.string({ unit: 'binary', maxLength: 3 }),
)
const path = fc.array(fc.tuple(fc.constantFrom('/', '//', '\\', ''), piece)).map((all) => all.flat().join(''))

test('any other is a path that begins like no route, whatever a URL makes of it', () => {
  fc.assert(
    fc.property(path, (given) => {
      const { pathname, search, hash, host } = new URL(`https://latchkey.test${routablePath(given)}`)
      expect([search, hash, host]).toEqual(['', '', 'latchkey.test'])
      expect(isPlainPath(given) ? pathname === given : pathname.startsWith('/%20')).toBe(true)
    }),
    { numRuns: runs(500), seed: 20261128 },
  )
})
