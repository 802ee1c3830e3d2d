/**
 * Resolves at the first SIGINT or SIGTERM; from then on another one ends the process at once. Those of the first second
 * don't count: npm passes Ctrl-C on to a process that the terminal has already told.
 */
export function untilAskedToStop(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined
    const onSignal = () => {
      first ??= performance.now()
      if (performance.now() - first > 1000) process.exit(1)
      resolve()
    }
    process.on('SIGINT', onSignal)
    process.on('SIGTERM', onSignal)
    // Whoever started it may no longer read what it writes.
    process.stdout.on('error', () => {})
    process.stderr.on('error', () => {})
  })
}
