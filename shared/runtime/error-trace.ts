/**
 * Describes an unexpected error for a log: its name, its system code and where it was thrown. Never the message,
 * which may quote a caller's input.
 */
export function errorTrace(error: unknown): string {
  if (!(error instanceof Error)) return `a thrown ${typeof error}`
  const cause = error.cause instanceof Error ? ` (cause ${label(error.cause)})` : ''
  return [`${label(error)}${cause}`, ...frames(error)].join('\n')
}

function label(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? `${error.name} ${code}` : error.name
}

function frames({ stack = '', message }: Error): string[] {
  // The message is cut out first: one of its lines could look like a frame.
  const lines = stack.replace(message, '').split('\n')
  return lines.filter((line) => /^ {4}at /.test(line)).slice(0, 10)
}
