/** Every refusal that the model foresees, with its status. */
export const statusOf = {
  'invalid-request': 400,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  locked: 409,
  'type-ceiling': 409,
  quota: 409,
  stale: 412,
  'precondition-required': 428,
} as const

export type Code = keyof typeof statusOf
export type Refusal = { code: Code }

/** `isQuiet`: nothing changes, so there's nothing to tell. `apply` makes it so in the model. */
export type Effect = { status: 200 | 201 | 204; isQuiet?: boolean; apply: () => void }

export type Outcome = Refusal | Effect

/** The effect, unless it says what already is: then nothing changes, and nothing is told. */
export const unless = (isAlready: boolean, effect: Effect): Effect =>
  isAlready ? { ...effect, isQuiet: true, apply: () => undefined } : effect

export const refuse = (code: Code): Refusal => ({ code })
export const isRefusal = (outcome: Outcome): outcome is Refusal => 'code' in outcome
