import { usedMessage } from '../../shared/domain/use-line.ts'

/** Which lines of the API's log wake the worker: those where this field is this text. */
export const lineFilter = { field: '$.message', equals: usedMessage } as const
