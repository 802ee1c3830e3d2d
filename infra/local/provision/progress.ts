export type Progress = ReturnType<typeof createProgress>

/** Shows a line of progress: rewritten in place on a terminal, otherwise a new line every two seconds at most. */
export function createProgress(stream: NodeJS.WriteStream) {
  let last = -Infinity
  let shown = 0
  const show = (line: string, { always = false } = {}) => {
    if (!always && performance.now() - last < (stream.isTTY ? 100 : 2000)) return
    last = performance.now()
    stream.write(stream.isTTY ? `\r${line.padEnd(shown)}` : `${line}\n`)
    shown = line.length
  }
  /** Keeps the last line. */
  const end = () => {
    if (stream.isTTY && shown > 0) stream.write('\n')
  }
  return { show, end }
}
