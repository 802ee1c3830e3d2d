/** The only fields a log line may carry: nothing personal, no tokens, bodies or secrets. */
export type LogFields = {
  requestId?: string | undefined
  method?: string | undefined
  route?: string | undefined
  status?: number | undefined
  durationMs?: number | undefined
  code?: string | undefined
  source?: string | undefined
  deliveryId?: string | undefined
  eventType?: string | undefined
  customerId?: string | undefined
  projectId?: string | undefined
  userId?: string | undefined
  /**
   * Use of a grant as user, resource and level, in ids: the API logs it so that its response needn't wait for a
   * write.
   */
  use?: string | undefined
  deliveryStatus?: string | undefined
  attempts?: number | undefined
  count?: number | undefined
  error?: string | undefined
}

export type Log = (level: 'info' | 'warn' | 'error', message: string, fields?: LogFields) => void

const allowed = Object.keys({
  requestId: true,
  method: true,
  route: true,
  status: true,
  durationMs: true,
  code: true,
  source: true,
  deliveryId: true,
  eventType: true,
  customerId: true,
  projectId: true,
  userId: true,
  use: true,
  deliveryStatus: true,
  attempts: true,
  count: true,
  error: true,
} satisfies Record<keyof LogFields, true>)

const maxFieldLength = 4000

/**
 * Creates a log of JSON lines, each passed to `write` without its line end. Fields that aren't on the list are left
 * out even if types were evaded, and long ones are cut.
 */
export function createJsonLog(write: (line: string) => void, now: () => Date): Log {
  return (level, message, fields = {}) => {
    const kept = Object.entries(fields)
      .filter(([name, value]) => allowed.includes(name) && ['string', 'number'].includes(typeof value))
      .map(([name, value]) => [name, typeof value === 'string' ? value.slice(0, maxFieldLength) : value])
    write(JSON.stringify({ time: now().toISOString(), level, message, ...Object.fromEntries(kept) }))
  }
}
