/** Paths of the HTTP API that lead to this function, as API Gateway writes them; it answers other methods than its own too. */
export const gatewayPaths = [
  '/v1/customers/{c}/access/v1/{proxy+}',
  '/.well-known/authzen-configuration/v1/customers/{c}',
] as const

const patterns = gatewayPaths.map((path) => {
  const escaped = path.replaceAll('.', String.raw`\.`)
  return new RegExp(`^${escaped.replace('{proxy+}', '.+').replaceAll(/\{\w+\}/g, '[^/]+')}$`)
})

/** As API Gateway routes. */
export const isForAccess = (path: string): boolean => patterns.some((pattern) => pattern.test(path))
