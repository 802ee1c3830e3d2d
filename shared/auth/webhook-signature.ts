import { createHmac, timingSafeEqual, verify } from 'node:crypto'
import {
  fromBase64,
  keysOfSource,
  type OnUnusable,
  type SourceKeys,
  unknownSourceKeys,
} from './webhook-secrets.ts'
import type { ConfiguredSources } from './webhook-sources.ts'

export type WebhookSource = {
  /** One or two (for rotation), each `whsec_<base64>` or `whpk_<base64>`. */
  secrets: string[]
  /** Event types and customers that the source may touch; all where absent. */
  types?: string[]
  customers?: string[]
}

export type WebhookSources = Record<string, WebhookSource>

/** The values of `webhook-id`, `webhook-timestamp` and `webhook-signature`. */
export type WebhookHeaders = {
  id?: string | undefined
  timestamp?: string | undefined
  signature?: string | undefined
}

/** Whether the body, as the bytes that were received, is signed by the source. */
export type WebhookVerifier = (source: string, headers: WebhookHeaders, body: Uint8Array) => boolean

const toleranceSeconds = 300
/** More would be work for whoever asks for it: a sender needs one for each of its secrets. */
const signaturesLookedAt = 8

/**
 * Standard Webhooks 1.0.0: `v1` (HMAC-SHA256) and `v1a` (ed25519) over `<id>.<timestamp>.<body>`, five minutes'
 * tolerance both ways. Every source costs the same work, an unknown one too, so timing tells nothing about them.
 * A malformed secret is told to `onUnusable` and nobody signs with it, so that one source's doesn't stop the others; without
 * one it throws at once, naming the source but not the secret.
 */
export function createWebhookVerifier(
  sources: ConfiguredSources | WebhookSources,
  now: () => Date,
  onUnusable: OnUnusable = refuse,
): WebhookVerifier {
  const keys = new Map(
    Object.entries(sources).map(([name, source]) => [name, keysOfSource(name, source?.secrets, onUnusable)]),
  )
  const nobody = unknownSourceKeys()
  return (source, { id, timestamp, signature }, body) => {
    // A dot in the id would let another split of the same signed bytes pass.
    if (!id || id.includes('.') || !timestamp || !signature || !isRecent(timestamp, now())) return false
    const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body])
    return isSigned(content, signature, keys.get(source) ?? nobody)
  }
}

function refuse(problem: Error): never {
  throw problem
}

function isRecent(timestamp: string, now: Date): boolean {
  if (!/^[1-9][0-9]{0,11}$/.test(timestamp)) return false
  return Math.abs(Math.floor(now.getTime() / 1000) - Number(timestamp)) <= toleranceSeconds
}

function isSigned(content: Buffer, header: string, { hmac, ed25519 }: SourceKeys): boolean {
  const expected = hmac.map((key) => createHmac('sha256', key).update(content).digest())
  let fits = false
  for (const signature of header.split(' ', signaturesLookedAt)) {
    const [, version, encoded = ''] = /^(v1a?),([^,]+)$/.exec(signature) ?? []
    const bytes = fromBase64(encoded)
    if (version === 'v1' && bytes?.length === 32) {
      for (const digest of expected) fits = timingSafeEqual(bytes, digest) || fits
    } else if (version === 'v1a' && bytes?.length === 64) {
      for (const key of ed25519) fits = verify(null, content, key, bytes) || fits
    }
  }
  return fits
}
