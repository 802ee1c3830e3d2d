import type { Caller } from './caller.ts'
import { type Outcome, type Refusal, refuse } from './outcome.ts'
import { type Needs, refusalOf } from './rights.ts'
import type { Customer, Model } from './state.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** A request, with everything that its answer depends on; made of the model as it is at that moment. */
export type Action = {
  caller: Caller
  /** Undefined where the path names none that there is, or none at all. */
  customer: Customer | undefined
  method: Method
  path: string
  body?: object | undefined
  needs: Needs
  /** It changes nothing of any customer's directory. */
  isOfNoCustomer?: true
  /** Something is wrong with the body, whatever there is. */
  isMisfit?: boolean
  /** What is looked up after the body was read. */
  isMissing?: boolean
  ifMatch?: IfMatch | undefined
  /** What comes of it, all else being in order. */
  plan: () => Outcome
}

export type IfMatch = {
  mode: IfMatchMode
  isRequired: boolean
  /** Whether there's something to match. */
  isThere: boolean
  /** The GET that gives the ETag. */
  path: string
}

export type IfMatchMode = 'right' | 'none' | 'wrong' | 'any' | 'malformed'

/** What the request comes to, by the conventions that all changing routes keep. */
export function predict(model: Model, action: Action): Outcome {
  const { caller, customer, needs, ifMatch } = action
  const refused = refusalOf(model, caller, customer, needs)
  if (refused) return refused
  const lacksReason = caller.kind === 'operator' && caller.reason === undefined && action.method !== 'GET'
  if (lacksReason || action.isMisfit) return refuse('invalid-request')
  if (action.isMissing) return refuse('not-found')
  return (ifMatch && unmatched(ifMatch)) ?? action.plan()
}

function unmatched({ mode, isRequired, isThere }: IfMatch): Refusal | undefined {
  if (mode === 'malformed') return refuse('invalid-request')
  if (isRequired && (mode === 'none' || mode === 'any')) return refuse('precondition-required')
  if (mode === 'wrong' || (mode === 'any' && !isThere)) return refuse('stale')
  return undefined
}
