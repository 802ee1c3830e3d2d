/** An error for the person at the terminal: its message of one line is shown without a stack. */
export class CliError extends Error {
  override name = 'CliError'
}

/** The message of any error, in one line. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error)
  return message.replaceAll(/\s*\n\s*/g, ' ')
}

/** The `code` of a Node error such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
