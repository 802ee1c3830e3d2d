import * as v from 'valibot'
import { DomainError } from '../../../shared/domain/errors.ts'
import { listOf } from '../../../shared/domain/list.ts'
import { validate } from '../../../shared/domain/validate.ts'
import { readBody } from '../../../shared/http/body-limit.ts'
import { parseJson } from '../../../shared/http/strict-json.ts'

const Named = v.object({ type: v.string(), id: v.string() })

/** AuthZEN 1.0, section 6.1. Unknown fields are ignored, and so are `context` and `properties`: no right depends on them. */
export const Evaluation = v.object({
  subject: Named,
  action: v.object({ name: v.string() }),
  resource: Named,
})
export type Evaluation = v.InferOutput<typeof Evaluation>

const semantics = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const
export type Semantic = (typeof semantics)[number]

const most = 50
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Section 7.1, but for what is the default of each. */
export const Batch = v.object({
  evaluations: v.optional(listOf(v.custom<Record<string, unknown>>(isObject, 'must be an object'), most)),
  options: v.optional(
    v.object({
      evaluations_semantic: v.optional(v.picklist(semantics, `must be one of ${semantics.join(', ')}`)),
    }),
  ),
})

/** AuthZEN 1.0, section 10.1: anything but a JSON object is a bad request, and so is another content type. */
export async function readObject(request: Request): Promise<Record<string, unknown>> {
  if (!/^application\/json *(;|$)/i.test(request.headers.get('content-type') ?? '')) {
    throw new DomainError('invalid-request', 'The content type must be application/json.')
  }
  const body = parseJson(await readBody(request))
  if (!isObject(body)) throw new DomainError('invalid-request', 'The body must be a JSON object.')
  return body
}

/** Section 7.1: without `evaluations` it's a single one (`undefined` here); what is outside is the default of each. */
export function parseBatch(
  body: Record<string, unknown>,
): { evaluations: Evaluation[]; semantic: Semantic } | undefined {
  const { evaluations = [], options } = validate(Batch, body)
  if (evaluations.length === 0) return undefined
  const { subject, action, resource } = body
  const whole = evaluations.map((each) => ({ subject, action, resource, ...each }))
  const parsed = validate(v.object({ evaluations: listOf(Evaluation, most) }), { evaluations: whole })
  return { evaluations: parsed.evaluations, semantic: options?.evaluations_semantic ?? 'execute_all' }
}
