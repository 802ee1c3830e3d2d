import { seenMessage } from '../../shared/domain/seen.ts'
import { usedMessage } from '../../shared/domain/use-line.ts'

/** Which lines of the API's log wake the worker: those where this field is one of these texts. */
export const lineFilter = { field: '$.message', among: [usedMessage, seenMessage] } as const
