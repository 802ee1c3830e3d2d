import type { IncomingMessage, ServerResponse } from 'node:http'
import type { JWK } from 'jose'
import type { Log } from '../../../shared/runtime/log.ts'

export type Listener = (request: IncomingMessage, response: ServerResponse) => void

export type IssuerOptions = {
  /** URL of the issuer, with its path. */
  url: string
  /** The `aud` of access tokens. */
  audience: string
  signingKeys: JWK[]
  clientSecrets: { operator: string; check: string }
  log: Log
}
