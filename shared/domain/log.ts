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
  /** Who used what at which level, in ids: a log line is what the API can leave behind without its answer waiting. */
  use?: string | undefined
  deliveryStatus?: string | undefined
  attempts?: number | undefined
  count?: number | undefined
  error?: string | undefined
}

export type Log = (level: 'info' | 'warn' | 'error', message: string, fields?: LogFields) => void
