import { seenMessage } from '../../shared/usage/last-seen.ts'
import { usedMessage } from '../../shared/usage/usage.ts'

/** Lines of the API's log that trigger the worker: this field is one of these texts. */
export const lineFilter = { field: '$.message', among: [usedMessage, seenMessage] } as const
