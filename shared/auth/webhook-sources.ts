import * as v from 'valibot'

/** The JSON of the secret: a source that is no object has no usable secret, and doesn't stop the others. */
const WebhookSecret = v.pipe(
  v.string(),
  v.parseJson(),
  v.record(v.string(), v.fallback(v.nullable(v.looseObject({ secrets: v.optional(v.unknown()) })), null)),
)

/** Sources by name, as they are configured. Each part is checked where it is used. */
export type ConfiguredSources = v.InferOutput<typeof WebhookSecret>

/** Parses the secret of the webhooks. Throws an Error that has no part of it. */
export function parseWebhookSecret(json: string): ConfiguredSources {
  const parsed = v.safeParse(WebhookSecret, json)
  if (!parsed.success) throw new Error('the secret is not a JSON object')
  return parsed.output
}
