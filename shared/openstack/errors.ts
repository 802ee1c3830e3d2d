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

/** Whether an error is Keystone's (or the way's to it) and of one of these codes. */
export function isKeystoneError(error: unknown, ...codes: KeystoneErrorCode[]): error is KeystoneError {
  return error instanceof KeystoneError && (codes.length === 0 || codes.includes(error.code))
}
