import { createHmac, timingSafeEqual, verify } from 'node:crypto'
import {
  fromBase64,
  keysOfSource,
  type OnUnusable,
  type SourceKeys,
  unknownSourceKeys,
} from './webhook-secrets.ts'
import type { ConfiguredSources } from './webhook-sources.ts'

type WebhookSource = {
  /** One or two (for rotation), each `whsec_<base64>` or `whpk_<base64>`. */
  secrets: string[]
  /** Event types and customers that the source may change; all where absent. */
  types?: string[]
  customers?: string[]
}

export type WebhookSources = Record<string, WebhookSource>

/** The values of `webhook-id`, `webhook-timestamp` and `webhook-signature`. */
type WebhookHeaders = {
  id?: string | undefined
  timestamp?: string | undefined
  signature?: string | undefined
}

/** True if the source has signed the body, as the bytes that were received. */
export type WebhookVerifier = (source: string, headers: WebhookHeaders, body: Uint8Array) => boolean

const toleranceSeconds = 300
/** Bounds the work that a sender without a secret can cause: one signature for each secret is enough. */
const maxSignatures = 8

/**
 * Standard Webhooks 1.0.0: `v1` (HMAC-SHA256) and `v1a` (ed25519) over `<id>.<timestamp>.<body>`, five minutes'
 * tolerance both ways. Every source costs the same work, an unknown one too, so that timing reveals no source.
 * A malformed secret is reported to `onUnusable` and nobody can sign with it, so that it doesn't stop other sources; by
 * default it throws, with the source's name but not the secret.
 */
export function createWebhookVerifier(
  sources: ConfiguredSources | WebhookSources,
  now: () => Date,
  onUnusable: OnUnusable = throwProblem,
): WebhookVerifier {
  const keys = new Map(
    Object.entries(sources).map(([name, source]) => [name, keysOfSource(name, source?.secrets, onUnusable)]),
  )
  const ofUnknown = unknownSourceKeys()
  return (source, { id, timestamp, signature }, body) => {
    // With a dot in the id, the same signed bytes could be split in another way.
    if (!id || id.includes('.') || !timestamp || !signature || !isRecent(timestamp, now())) return false
    const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body])
    return isSigned(content, signature, keys.get(source) ?? ofUnknown)
  }
}

function throwProblem(problem: Error): never {
  throw problem
}

function isRecent(timestamp: string, now: Date): boolean {
  if (!/^[1-9][0-9]{0,11}$/.test(timestamp)) return false
  return Math.abs(Math.floor(now.getTime() / 1000) - Number(timestamp)) <= toleranceSeconds
}

function isSigned(content: Buffer, header: string, { hmac, ed25519 }: SourceKeys): boolean {
  const expected = hmac.map((key) => createHmac('sha256', key).update(content).digest())
  let isValid = false
  for (const signature of header.split(' ', maxSignatures)) {
    const [, version, encoded = ''] = /^(v1a?),([^,]+)$/.exec(signature) ?? []
    const bytes = fromBase64(encoded)
    if (version === 'v1' && bytes?.length === 32) {
      for (const digest of expected) isValid = timingSafeEqual(bytes, digest) || isValid
    } else if (version === 'v1a' && bytes?.length === 64) {
      for (const key of ed25519) isValid = verify(null, content, key, bytes) || isValid
    }
  }
  return isValid
}
