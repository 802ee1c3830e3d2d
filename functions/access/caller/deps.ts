import type { ConsistencyTokens } from '../../../shared/auth/consistency-token.ts'
import type { CursorCodec } from '../../../shared/auth/cursor.ts'
import type { TokenVerifier } from '../../../shared/auth/tokens.ts'
import type { Reads } from '../../../shared/table/table.ts'
import type { UsageDeps } from '../../../shared/usage/record-usage.ts'

/** The dependencies of an answer to a question, once its caller is known. */
export type AnswerDeps = UsageDeps & {
  /** Strong reads, and cheaper ones that may miss what was committed lately. */
  reads: Reads & { readonly eventual: Reads }
  /** Tokens of pages, and of states; their secret is read when the first is needed. */
  cursors: () => Promise<CursorCodec>
  consistency: () => Promise<ConsistencyTokens>
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
