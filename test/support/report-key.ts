import { generateKeyPairSync } from 'node:crypto'

/** Keys that reports of the tests are signed with, as a deployment's secret has them. */
export const reportKey = JSON.stringify({
  keys: [generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })],
})
