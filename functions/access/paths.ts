import { type Endpoint, endpoints } from './endpoints.ts'

/** What a path leads to; `pattern` stands in the log in its place. */
export type Target = { customerId: string; pattern: string; methods: readonly string[] } & (
  | { kind: 'decision'; endpoint: Endpoint }
  | { kind: 'metadata' }
)

const decisionPath = /^\/v1\/customers\/([^/]+)\/access\/v1\/(.+)$/
const metadataPath = /^\/\.well-known\/authzen-configuration\/v1\/customers\/([^/]+)$/

/** Undefined where there is nothing. */
export function targetOf(path: string): Target | undefined {
  const [, customerId, name = ''] = decisionPath.exec(path) ?? []
  const endpoint = endpoints.get(name)
  if (customerId !== undefined && endpoint) {
    const pattern = `/v1/customers/:c/access/v1/${name}`
    return { kind: 'decision', customerId, pattern, methods: ['POST', 'OPTIONS'], endpoint }
  }
  const [, described] = metadataPath.exec(path) ?? []
  if (described === undefined) return undefined
  const pattern = '/.well-known/authzen-configuration/v1/customers/:c'
  return { kind: 'metadata', customerId: described, pattern, methods: ['GET', 'HEAD', 'OPTIONS'] }
}
