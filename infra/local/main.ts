import { compose } from './compose.ts'
import { createLog } from './log.ts'
import { CliError, messageOf } from './cli-error.ts'
import { startService } from './service.ts'
import { readSettings } from './settings.ts'
import { untilAskedToStop } from './signals.ts'

const wallClock = () => new Date()

async function main(): Promise<void> {
  const asked = untilAskedToStop()
  const settings = readSettings(process.env)
  const log = createLog(settings.logLevel, wallClock)
  const service = await startService(settings, { wallClock, log, compose })
  process.stdout.write(`latchkey listening on ${service.origin}\n`)
  const problem = await Promise.race([asked, service.broken])
  await service.stop()
  if (problem) throw problem
}

try {
  await main()
  process.exit(0)
} catch (error) {
  if (!(error instanceof CliError)) throw error
  process.stderr.write(`latchkey: ${messageOf(error)}\n`)
  process.exit(1)
}
