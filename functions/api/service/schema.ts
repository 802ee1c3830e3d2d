import * as v from 'valibot'
import { mostProblems } from '../../../shared/domain/values/errors.ts'
import { problemKinds } from '../../../shared/http/response/problem.ts'
import { Count, CustomerId, Line, Moment, object, ProjectId, RequestId } from '../routing/schema-types.ts'

const Uri = v.pipe(v.string(), v.metadata({ format: 'uri' }))

export const DecisionPoint = object('Where decisions are asked for (AuthZEN 1.0, section 9.1).', {
  policy_decision_point: Uri,
  access_evaluation_endpoint: Uri,
  access_evaluations_endpoint: Uri,
  search_subject_endpoint: Uri,
  search_resource_endpoint: Uri,
  search_action_endpoint: Uri,
})

export const ProtectedResource = object('Where tokens for this API come from (RFC 9728, section 2).', {
  resource: Uri,
  authorization_servers: v.array(Uri),
  bearer_methods_supported: v.array(v.literal('header')),
  scopes_supported: v.array(v.picklist(['operator', 'check'])),
  resource_name: Line,
})

const Base64url32 = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/))

export const ReportKeys = object('The public keys that reports are signed with; none until there is one.', {
  keys: v.array(
    v.strictObject({
      kty: v.literal('OKP'),
      crv: v.literal('Ed25519'),
      x: Base64url32,
      kid: v.pipe(Base64url32, v.description('The thumbprint of the key (RFC 7638).')),
      alg: v.literal('EdDSA'),
      use: v.literal('sig'),
    }),
  ),
})

export const Health = object('The service answers.', { status: v.literal('ok') })

export const OpenApi = v.pipe(
  v.looseObject({ openapi: v.literal('3.1.1'), info: v.looseObject({}), paths: v.looseObject({}) }),
  v.description('This very document.'),
)

export const FieldProblem = object('What is wrong with one field, parameter or header.', {
  pointer: v.pipe(
    v.string(),
    v.description('A JSON Pointer (RFC 6901) into the body, or the name of a parameter or header.'),
  ),
  detail: Line,
})

export const Problem = object('Why a request was refused (RFC 9457).', {
  type: v.pipe(v.string(), v.regex(/^urn:latchkey:problem:[a-z-]+$/)),
  title: Line,
  status: v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599)),
  detail: v.optional(Line),
  code: v.picklist(Object.keys(problemKinds)),
  requestId: RequestId,
  errors: v.optional(v.pipe(v.array(FieldProblem), v.maxLength(mostProblems))),
})

export const OpenStackStatus = object('How OpenStack follows the directory.', {
  state: v.picklist(['on', 'off']),
  projects: v.optional(v.strictObject({ pending: Count, ready: Count, failed: Count })),
  spreading: v.optional(
    v.pipe(Count, v.description('Changes of users and customers that have yet to reach their projects.')),
  ),
  complete: v.optional(
    v.pipe(
      v.boolean(),
      v.description('False where there are more projects than can be counted in one call.'),
    ),
  ),
  oldestPending: v.optional(
    v.strictObject({ customerId: CustomerId, projectId: v.optional(ProjectId), since: Moment }),
  ),
  lastFullPass: v.optional(
    v.pipe(
      v.strictObject({ startedAt: Moment, endedAt: Moment, projects: Count, drift: Count }),
      v.description(
        'The last time everything was compared, but for what was pending then; `drift`: projects and users that had been changed there.',
      ),
    ),
  ),
})
