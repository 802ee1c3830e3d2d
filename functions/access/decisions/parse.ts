import * as v from 'valibot'
import { DomainError } from '../../../shared/domain/values/errors.ts'
import { listOf } from '../../../shared/domain/values/list.ts'
import { openObject } from '../../../shared/domain/values/open-object.ts'
import { validate } from '../../../shared/domain/values/validate.ts'
import { checkBody } from '../../../shared/http/request/body-limit.ts'
import { isJson } from '../../../shared/http/request/media-type.ts'
import { parseJson } from '../../../shared/http/request/strict-json.ts'

export type JsonObject = Record<string, unknown>
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
export const AnyObject = v.custom<JsonObject>(isObject, 'must be an object')

/** Any object will do, as no right depends on it. */
export const properties = v.optional(AnyObject)
export const context = v.optional(AnyObject)
const entity = <T extends v.ObjectEntries>(entries: T) => openObject({ ...entries, properties })

export const Entity = entity({ type: v.string(), id: v.string() })
export const Action = entity({ name: v.string() })

/** AuthZEN 1.0, section 6.1. */
export const Evaluation = v.object({
  subject: Entity,
  action: Action,
  resource: Entity,
  context,
})
export type Evaluation = v.InferOutput<typeof Evaluation>

const semantics = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const
export type Semantic = (typeof semantics)[number]

export const maxEvaluations = 50
export const PartialEntity = entity({ type: v.optional(v.string()), id: v.optional(v.string()) })
export const PartialAction = entity({ name: v.optional(v.string()) })

/** Fields beside `evaluations` are the defaults of each; neither needs to be complete. */
const batchEntries = {
  subject: v.optional(PartialEntity),
  action: v.optional(PartialAction),
  resource: v.optional(PartialEntity),
  context,
}
export const PartialEvaluation = v.object(batchEntries)

/** Section 7.1. Each evaluation is parsed by itself, so that here it may be any object. */
const Batch = v.object({
  ...batchEntries,
  evaluations: v.optional(listOf(AnyObject, maxEvaluations)),
  options: v.optional(
    openObject({
      evaluations_semantic: v.optional(v.picklist(semantics, `must be one of ${semantics.join(', ')}`)),
    }),
  ),
})

/** For the document. */
export const WellFormedBatch = v.object({
  ...Batch.entries,
  evaluations: v.optional(listOf(PartialEvaluation, maxEvaluations)),
})

/** AuthZEN 1.0, section 10.1: anything but a JSON object is a bad request, and so is another content type. */
export function readObject(contentType: string | undefined, bytes: Uint8Array): JsonObject {
  if (!isJson(contentType ?? null)) {
    throw new DomainError('invalid-request', 'The content type must be application/json.')
  }
  checkBody(bytes)
  const body = parseJson(bytes)
  if (!isObject(body)) throw new DomainError('invalid-request', 'The body must be a JSON object.')
  return body
}

/** A single evaluation, as a batch of one. Throws `invalid-request`. */
export const parseSingle = (body: JsonObject): Parsed => ({
  evaluations: [validate(Evaluation, body)],
  semantic: 'execute_all',
})

/** An evaluation of a batch that can't be parsed, and its problems. */
export type Failed = { error: string }
export type Parsed = { evaluations: (Evaluation | Failed)[]; semantic: Semantic }

/**
 * Section 7.1: returns undefined for a body without `evaluations`, which is a single one. An evaluation that can't be parsed
 * fails in its place (section 7.2.1). Throws `invalid-request` for a problem of the batch as a whole.
 */
export function parseBatch(body: JsonObject): Parsed | undefined {
  const { evaluations = [], options } = validate(Batch, body)
  if (evaluations.length === 0) return undefined
  const { subject, action, resource, context: defaultContext } = body
  return {
    evaluations: evaluations.map((each) =>
      parseOne({ subject, action, resource, context: defaultContext, ...each }),
    ),
    semantic: options?.evaluations_semantic ?? 'execute_all',
  }
}

function parseOne(whole: JsonObject): Evaluation | Failed {
  try {
    return validate(Evaluation, whole)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return { error: error.message }
  }
}
