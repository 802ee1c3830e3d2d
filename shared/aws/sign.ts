import type { KeyObject } from 'node:crypto'

// As in `shared/runtime/sha256.ts`.
const { createHmac, createSecretKey, hash } = process.getBuiltinModule('node:crypto')

export type Credentials = {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string | undefined
}

/** A service with a JSON protocol; `version` comes before the operation in the target. */
export type AwsService = { name: string; version: string; contentType: string }

type SignerOptions = { service: AwsService; host: string; region: string; credentials: Credentials }

/** Returns the headers of a request with this target and body, made at that time. */
export type Signer = (target: string, body: string, at: Date) => Record<string, string>

/**
 * AWS Signature Version 4 (IAM User Guide, "Create a signed AWS API request") for the one kind of request that such
 * a service takes: a POST to `/` without a query. The key is derived once a day.
 */
export function createSigner({ service, host, region, credentials }: SignerOptions): Signer {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  const { contentType } = service
  const names = `content-type;host;x-amz-date;${sessionToken ? 'x-amz-security-token;' : ''}x-amz-target`
  let derived: { day: string; key: KeyObject } | undefined

  function keyOf(day: string): KeyObject {
    if (derived?.day !== day) {
      const parts = [day, region, service.name, 'aws4_request']
      const key = parts.reduce<Buffer>(
        (before, part) => hmac(before, part),
        Buffer.from(`AWS4${secretAccessKey}`),
      )
      // Made of a buffer with each signature, it would take most of its time.
      derived = { day, key: createSecretKey(key) }
    }
    return derived.key
  }

  return (target, body, at) => {
    const time = at.toISOString().replaceAll(/[-:]|\.\d+/g, '')
    const day = time.slice(0, 8)
    const token = sessionToken ? `x-amz-security-token:${sessionToken}\n` : ''
    const headers = `content-type:${contentType}\nhost:${host}\nx-amz-date:${time}\n${token}x-amz-target:${target}\n`
    const canonical = `POST\n/\n\n${headers}\n${names}\n${hash('sha256', body)}`
    const scope = `${day}/${region}/${service.name}/aws4_request`
    const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash('sha256', canonical)}`
    const signature = hmac(keyOf(day), toSign).toString('hex')
    return {
      host,
      'content-type': contentType,
      'x-amz-date': time,
      'x-amz-target': target,
      ...(sessionToken && { 'x-amz-security-token': sessionToken }),
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    }
  }
}

const hmac = (key: Buffer | KeyObject, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest()
