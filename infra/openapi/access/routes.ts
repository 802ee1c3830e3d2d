import * as v from 'valibot'
import { ActionSearch, ResourceSearch, SubjectSearch } from '../../../functions/access/search/parse-search.ts'
import { Evaluation, WellFormedBatch } from '../../../functions/access/decisions/parse.ts'

/** Query parameter of decisions. */
const consistency = v.pipe(
  v.optional(v.picklist(['strong', 'eventual'])),
  v.description('`eventual`: reads cost half, and may miss a change of the last second or so.'),
)

const decisionPoint = '/v1/customers/{c}/access/v1'
const question = {
  method: 'post',
  right: { kind: 'decision' },
  errors: 'text',
  changes: false,
} as const
/** Searches read strongly. */
const fresh = { query: { consistency } }

/** The routes of `functions/access`, for the document alone. */
export const accessRoutes = [
  {
    ...question,
    path: `${decisionPoint}/evaluation`,
    ...fresh,
    id: 'evaluate',
    summary: 'May this user do this? With the reason (AuthZEN 1.0)',
    body: Evaluation,
    response: { status: 200, schema: 'decision' },
  },
  {
    ...question,
    path: `${decisionPoint}/evaluations`,
    ...fresh,
    id: 'evaluateMany',
    summary: 'Up to fifty of these questions at once (AuthZEN 1.0)',
    body: WellFormedBatch,
    response: { status: 200, schema: 'evaluations' },
  },
  {
    ...question,
    path: `${decisionPoint}/search/subject`,
    query: {},
    id: 'searchSubjects',
    summary: 'Who may do this? (AuthZEN 1.0)',
    body: SubjectSearch,
    response: { status: 200, schema: 'foundEntities' },
  },
  {
    ...question,
    path: `${decisionPoint}/search/resource`,
    query: {},
    id: 'searchResources',
    summary: 'With what may this user do it? (AuthZEN 1.0)',
    body: ResourceSearch,
    response: { status: 200, schema: 'foundEntities' },
  },
  {
    ...question,
    path: `${decisionPoint}/search/action`,
    query: {},
    id: 'searchActions',
    summary: 'What may this user do with it? (AuthZEN 1.0)',
    body: ActionSearch,
    response: { status: 200, schema: 'foundActions' },
  },
  {
    method: 'get',
    path: '/.well-known/authzen-configuration/v1/customers/{c}',
    id: 'readDecisionPoint',
    summary: "Where a customer's decisions are asked for (AuthZEN 1.0)",
    right: { kind: 'anybody' },
    query: {},
    changes: false,
    response: { status: 200, schema: 'decisionPoint', maxAge: 3600 },
  },
] as const
