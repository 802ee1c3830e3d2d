import { Evaluation, WellFormedBatch } from '../../../functions/access/decisions/parse.ts'

const decisionPoint = '/v1/customers/{c}/access/v1'
const question = {
  method: 'post',
  right: { kind: 'decision' },
  errors: 'text',
  query: {},
  changes: false,
} as const

/** The routes of `functions/access`, for the document alone. */
export const accessRoutes = [
  {
    ...question,
    path: `${decisionPoint}/evaluation`,
    id: 'evaluate',
    summary: 'May this user do this? With the reason (AuthZEN 1.0)',
    body: Evaluation,
    response: { status: 200, schema: 'decision' },
  },
  {
    ...question,
    path: `${decisionPoint}/evaluations`,
    id: 'evaluateMany',
    summary: 'Up to fifty of these questions at once (AuthZEN 1.0)',
    body: WellFormedBatch,
    response: { status: 200, schema: 'evaluations' },
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
