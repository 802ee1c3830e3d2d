/** Every way a request to Keystone can fail. */
export type KeystoneErrorCode =
  /** What is configured can't be used; the message says which variable to set. */
  | 'configuration'
  /** Nobody answers there: refused, no such host, no connection in time. */
  | 'unreachable'
  | 'certificate'
  /** By us: nothing is asked any more. */
  | 'closed'
  /** Connected, and no whole answer in time. */
  | 'timeout'
  /** Connected, and the answer broke off or never began. */
  | 'interrupted'
  /** An answer that no Keystone gives: HTML, broken JSON, another shape, a redirect. */
  | 'broken-answer'
  /** A list that isn't whole, and says so. */
  | 'truncated'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  /** A text that Keystone's database can't keep, as far as can be told from outside. */
  | 'unstorable'
  | 'throttled'
  /** 5xx. */
  | 'failed'
  /** Any other 4xx. */
  | 'refused'

type Circumstances = {
  status?: number | undefined
  /** Keystone's own id of the request, by which its operator finds it in the log. */
  requestId?: string | undefined
  retryAfterSeconds?: number | undefined
  mayHaveHappened?: boolean
  cause?: unknown
}

/** A request that failed. `message` is one line with Keystone's own words where it had any, and never a secret. */
export class KeystoneError extends Error {
  override name = 'KeystoneError'
  readonly code: KeystoneErrorCode
  readonly status: number | undefined
  readonly requestId: string | undefined
  readonly retryAfterSeconds: number | undefined
  /** False where Keystone surely has not done what it was asked for. */
  readonly mayHaveHappened: boolean

  constructor(code: KeystoneErrorCode, message: string, circumstances: Circumstances = {}) {
    super(message, 'cause' in circumstances ? { cause: circumstances.cause } : {})
    this.code = code
    this.status = circumstances.status
    this.requestId = circumstances.requestId
    this.retryAfterSeconds = circumstances.retryAfterSeconds
    this.mayHaveHappened = circumstances.mayHaveHappened ?? false
  }
}

/** What has a name in Keystone; `tags` of a project. */
export type NameHolder = { id: string; name: string; tags?: readonly string[] | undefined }

/** A name that another has, as far as Keystone's database can tell: to many `cafe` and `café` are one. */
export class NameTakenError extends KeystoneError {
  readonly what: 'project' | 'user' | 'role'
  /** That was asked for; the holder's own may be spelt otherwise. */
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

/** A text with a character outside of the Basic Multilingual Plane, for which databases of three-byte UTF-8 have no room. */
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

/** As in U+1F4A5. */
export function codePointOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}

/** Whether an error is Keystone's (or the way's to it) and of one of these codes. */
export function isKeystoneError(error: unknown, ...codes: KeystoneErrorCode[]): error is KeystoneError {
  return error instanceof KeystoneError && (codes.length === 0 || codes.includes(error.code))
}
