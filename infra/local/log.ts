import { createJsonLog, type Log } from '../../shared/runtime/log.ts'
import { type LogLevel, logLevels } from './settings.ts'

/** JSON lines from level `least` upwards, on standard error, so that standard output has only the commands' results. */
export function createLog(least: LogLevel, now: () => Date, stream = process.stderr): Log {
  const log = createJsonLog((line) => stream.write(`${line}\n`), now)
  return (level, message, fields) => {
    if (logLevels.indexOf(level) >= logLevels.indexOf(least)) log(level, message, fields)
  }
}
