/** An error whose message is the whole story for whoever sits at the terminal: one line, shown without a stack. */
export class PlainError extends Error {
  override name = 'PlainError'
}

/** The one line that stands for any error at a terminal. */
export function plainly(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error)
  return message.replaceAll(/\s*\n\s*/g, ' ')
}

/** The `code` of a Node error such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
