import type { CursorCodec } from '../../shared/auth/cursor.ts'
import type { TokenVerifier } from '../../shared/auth/tokens.ts'
import type { Reads } from '../../shared/table/table.ts'
import type { UsageDeps } from '../../shared/usage/record-usage.ts'

/** The dependencies of an answer to a question, once its caller is known. */
export type AnswerDeps = UsageDeps & {
  reads: Reads
  /** Seals the tokens of pages; their secret is read when the first is needed. */
  cursors: () => Promise<CursorCodec>
  now: () => Date
}

export type AccessDeps = AnswerDeps & {
  verifyToken: TokenVerifier
  /** Base URL under which callers reach the service, without a slash at the end. */
  publicUrl: string
  customerIdPattern: RegExp
  /** Origins of web pages whose scripts may ask; none by default. */
  corsOrigins?: readonly string[] | undefined
}

/** Who asks: without a user, an operator or a `check` client, who may ask about everybody. */
export type Scope = {
  userId?: string
  /** The caller is an enforcement point, which lets its user do what is allowed. */
  enforces?: true
}
