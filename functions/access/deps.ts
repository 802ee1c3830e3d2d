import type { TokenVerifier } from '../../shared/auth/tokens.ts'
import type { Reads } from '../../shared/table/table.ts'
import type { UsageDeps } from '../../shared/usage/record-usage.ts'

export type AccessDeps = UsageDeps & {
  reads: Reads
  verifyToken: TokenVerifier
  /** Base URL under which callers reach the service, without a slash at the end. */
  publicUrl: string
  customerIdPattern: RegExp
  /** Origins of web pages whose scripts may ask; none by default. */
  corsOrigins?: readonly string[] | undefined
  now: () => Date
}

/** Who asks: without a user, an operator or a `check` client, who may ask about everybody. */
export type Scope = {
  userId?: string
  /** The caller is an enforcement point, which lets its user do what is allowed. */
  enforces?: true
}
