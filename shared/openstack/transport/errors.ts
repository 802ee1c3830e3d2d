/** Every way a request to Keystone can fail. */
export type KeystoneErrorCode =
  /** The configuration is unusable; the message names the variable to set. */
  | 'configuration'
  /** No connection: refused, no such host, timeout. */
  | 'unreachable'
  | 'certificate'
  /** We have closed the client. */
  | 'closed'
  /** Connected, and no complete response in time. */
  | 'timeout'
  /** Connected, and the response broke off or never began. */
  | 'interrupted'
  /** A response that isn't Keystone's: HTML, broken JSON, another shape, a redirect. */
  | 'broken-answer'
  /** A list that is marked as incomplete. */
  | 'truncated'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  /** A text that Keystone's database most likely can't store. */
  | 'unstorable'
  | 'throttled'
  /** 5xx. */
  | 'failed'
  /** Any other 4xx. */
  | 'refused'

type ErrorDetails = {
  status?: number | undefined
  /** Keystone's id of the request, for a search in its log. */
  requestId?: string | undefined
  retryAfterSeconds?: number | undefined
  mayHaveHappened?: boolean
  cause?: unknown
}

/** A failed request. `message` is one line, with Keystone's message if it sent one, and never has a secret. */
export class KeystoneError extends Error {
  override name = 'KeystoneError'
  readonly code: KeystoneErrorCode
  readonly status: number | undefined
  readonly requestId: string | undefined
  readonly retryAfterSeconds: number | undefined
  /** False if the request certainly had no effect. */
  readonly mayHaveHappened: boolean

  constructor(code: KeystoneErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : {})
    this.code = code
    this.status = details.status
    this.requestId = details.requestId
    this.retryAfterSeconds = details.retryAfterSeconds
    this.mayHaveHappened = details.mayHaveHappened ?? false
  }
}

/** The holder of a name in Keystone; a project has `tags`. */
export type NameHolder = { id: string; name: string; tags?: readonly string[] | undefined }

/** A name that is taken, as Keystone's database compares names: to many, `cafe` and `café` are the same. */
export class NameTakenError extends KeystoneError {
  readonly what: 'project' | 'user' | 'role'
  /** The requested name; the holder's may be spelt differently. */
  readonly desired: string
  readonly holder: NameHolder

  constructor(
    { what, name, holder }: { what: NameTakenError['what']; name: string; holder: NameHolder },
    cause: KeystoneError,
  ) {
    const { status, requestId } = cause
    super('conflict', `the name "${name}" is taken by another ${what}`, { status, requestId, cause })
    this.what = what
    this.desired = name
    this.holder = holder
  }
}

/** A text with a character outside of the Basic Multilingual Plane, which databases of three-byte UTF-8 can't store. */
export class UnstorableError extends KeystoneError {
  readonly field: TextField
  readonly character: string

  constructor({ field, character }: { field: TextField; character: string }, cause: KeystoneError) {
    const { status, requestId } = cause
    const message = `Keystone fails to keep a project's ${field} with ${codePointOf(character)}`
    super('unstorable', message, { status, requestId, cause })
    this.field = field
    this.character = character
  }
}

export type TextField = 'name' | 'description'

/** For example `U+1F4A5`. */
export function codePointOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}

/** True for an error of Keystone, or of the connection to it, with one of these codes. */
export function isKeystoneError(error: unknown, ...codes: KeystoneErrorCode[]): error is KeystoneError {
  return error instanceof KeystoneError && (codes.length === 0 || codes.includes(error.code))
}
