import type { Context as Acting, Plan } from '../../../shared/directory/context.ts'
import type { Current } from '../../../shared/http/preconditions.ts'
import type { Call } from '../call.ts'
import type { Answer } from './answer.ts'
import type { BodySchema } from './body.ts'

/** A call that changes something: what it says, and on whose behalf it's planned. */
export type Asked<B> = Call & { body: B; acting: Acting }

/** What one changing route adds to the conventions, which `run` keeps for all of them. */
export type ChangeDefinition<B, Loaded, After> = {
  body: BodySchema<B>
  /** Throws for a body that nothing could make fit; before anything is looked up by it. */
  check?: (asked: Asked<B>) => void
  /** What is changed, as it is; `undefined` where something is added to a collection. */
  load: (call: Call) => Loaded | Promise<Loaded>
  /** What the request's preconditions speak of, and whether one of them has to be `If-Match`. */
  matches: {
    required: boolean
    current: (call: Call, loaded: Loaded) => Current
  }
  plan: (asked: Asked<B>, loaded: Loaded) => Plan<After> | Promise<Plan<After>>
  answer: (call: Call, after: After, loaded: Loaded) => Answer
}
