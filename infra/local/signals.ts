/**
 * Resolves at the first SIGINT or SIGTERM; a later one ends the process at once, except within the first second: npm
 * forwards a Ctrl-C that the terminal has already sent to the process.
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
    // The parent process may no longer read the output.
    process.stdout.on('error', () => {})
    process.stderr.on('error', () => {})
  })
}
