import { createHash, createHmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { createSigner } from '../../../shared/aws/sign.ts'
import { runs } from '../../support/long.ts'

/** What the SDK's signer needs of a hash. */
class Sha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>
  constructor(secret?: unknown) {
    const isKeyed = typeof secret === 'string' || secret instanceof Uint8Array
    this.#hash = isKeyed ? createHmac('sha256', secret) : createHash('sha256')
  }
  update(data: string | Uint8Array) {
    this.#hash.update(data)
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }
  reset() {}
}

const text = (min: number) => fc.string({ minLength: min, maxLength: 60 })
const credential = fc.stringMatching(/^[A-Za-z0-9/+=]{1,60}$/)
const requests = fc.record({
  host: fc.constantFrom('dynamodb.eu-central-1.amazonaws.com', '127.0.0.1:8000'),
  region: fc.constantFrom('eu-central-1', 'us-east-1', 'local'),
  credentials: fc.record(
    { accessKeyId: credential, secretAccessKey: credential, sessionToken: credential },
    { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
  ),
  target: fc.constantFrom('DynamoDB_20120810.BatchGetItem', 'DynamoDB_20120810.Query'),
  body: fc.oneof(text(0), fc.json()),
  times: fc.array(fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }), {
    minLength: 1,
    maxLength: 3,
  }),
})

const service = { name: 'dynamodb', version: 'DynamoDB_20120810', contentType: 'application/x-amz-json-1.0' }

it('a request is signed as the SDK signs it', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async ({ host, region, credentials, target, body, times }) => {
      const sign = createSigner({ service, host, region, credentials })
      const theirs = new SignatureV4({
        service: service.name,
        region,
        credentials,
        sha256: Sha256,
        applyChecksum: false,
      })
      // The key of the day is kept, so several times go by.
      for (const at of times) {
        const { authorization, ...headers } = sign(target, body, at)
        const [hostname = '', port] = host.split(':')
        const request = {
          method: 'POST',
          protocol: 'https:',
          hostname,
          ...(port !== undefined && { port: Number(port) }),
          path: '/',
          query: {},
          headers: { host, 'content-type': String(headers['content-type']), 'x-amz-target': target },
          body,
        }
        const signed = await theirs.sign(request, { signingDate: at, unsignableHeaders: new Set() })
        expect({ ...headers, authorization }).toEqual(signed.headers)
      }
    }),
    { numRuns: runs(300) },
  )
})
