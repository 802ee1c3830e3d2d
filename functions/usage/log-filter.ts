import { seenMessage } from '../../shared/usage/last-seen.ts'
import { usedMessage } from '../../shared/usage/usage.ts'

/** Which lines of the API's log wake the worker: those where this field is one of these texts. */
export const lineFilter = { field: '$.message', among: [usedMessage, seenMessage] } as const
