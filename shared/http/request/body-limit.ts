import { DomainError } from '../../domain/values/errors.ts'

/** Most bytes of a body, whatever its headers say: 256 KiB. */
export const bodyLimit = 256 * 1024

/** Reads the body's bytes; call it once. Throws `too-large` at the first byte over `limit`, without reading the rest. */
export async function readBody(request: Request, limit = bodyLimit): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge(limit)
  const reader = request.body?.getReader()
  if (!reader) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  while (true) {
    const { done, value } = await reader.read().catch(() => {
      throw new DomainError('invalid-request', 'The body broke off.')
    })
    if (done) return Buffer.concat(chunks, size)
    size += value.byteLength
    if (size > limit) {
      // Not awaited: a sender that keeps the connection open must not delay the response.
      void reader.cancel().catch(() => undefined)
      throw tooLarge(limit)
    }
    chunks.push(value)
  }
}

/** For a body that is there already. */
export function checkBody(bytes: Uint8Array, limit = bodyLimit): void {
  if (bytes.byteLength > limit) throw tooLarge(limit)
}

function tooLarge(limit: number): DomainError {
  return new DomainError('too-large', `The body is larger than ${limit} bytes.`)
}
