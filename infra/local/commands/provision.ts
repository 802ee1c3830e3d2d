import { parseArgs } from 'node:util'
import { resolveArgument } from '../client/resolve-argument.ts'
import { keepAliveClient } from '../client/keep-alive-client.ts'
import { findService, type LocalService, notRunning, runCommand } from '../client/local-service.ts'
import { persistence } from '../client/persistence.ts'
import { takeMachineToken } from '../client/take-token.ts'
import { CliError } from '../cli-error.ts'
import { type FileDelivery, readDeliveries } from '../provision/delivery-file.ts'
import { followDeliveries } from '../provision/follow-deliveries.ts'
import { postDeliveries, signingSecret } from '../provision/post-deliveries.ts'
import { createProgress, type Progress } from '../provision/progress.ts'
import { summarize } from '../provision/summary.ts'
import { readSettings } from '../settings.ts'

const downMilliseconds = 60_000
const standstillMilliseconds = 30_000
const tokenMilliseconds = 300_000
const usage = 'usage: npm run provision -- FILE.jsonl [--concurrency N]'

await runCommand(async () => {
  const { file, concurrency } = readArguments()
  const deliveries = readDeliveries(file)
  const allWell = await provision(deliveries, concurrency)
  if (!allWell) process.exitCode = 1
})

async function provision(deliveries: FileDelivery[], concurrency: number): Promise<boolean> {
  const progress = createProgress(process.stderr)
  try {
    return await provisionWith(progress, deliveries, concurrency)
  } finally {
    progress.end()
  }
}

async function provisionWith({ show }: Progress, deliveries: FileDelivery[], concurrency: number) {
  const persist = persistence(downMilliseconds, ({ message }) => show(`trying again: ${message}`))
  const service = await persist(async () => findOrFail())
  const secret = signingSecret(service.dataFolder)
  const { send, close } = keepAliveClient(service, concurrency)
  const ids = new Set(deliveries.map(({ id }) => id))
  const refusals = await postDeliveries(deliveries, {
    send,
    persist,
    secret,
    concurrency,
    onPosted: (count) =>
      show(`posted ${count} of ${deliveries.length}`, { always: count === deliveries.length }),
  })
  const refused = new Set(refusals.map(({ id }) => id))
  const recorded = new Set([...ids].filter((id) => !refused.has(id)))
  const followed = await followDeliveries(recorded, {
    send,
    persist,
    operatorToken: tokenKeeper(service),
    standstill: standstillMilliseconds,
    onOpen: ({ received, waiting }) =>
      show(`${recorded.size - received - waiting} of ${recorded.size} settled, ${waiting} waiting`),
  })
  close()
  const { lines, allWell } = summarize(ids, followed, refusals)
  process.stdout.write(`${lines.join('\n')}\n`)
  return allWell
}

function findOrFail(): LocalService {
  const service = findService(process.env)
  if (!service) throw notRunning(readSettings(process.env).port)
  return service
}

/** Returns a token that doesn't expire soon. */
function tokenKeeper(service: LocalService): () => Promise<string> {
  let taken: { token: string; at: number } | undefined
  return async () => {
    if (!taken || performance.now() - taken.at > tokenMilliseconds)
      taken = { token: await takeMachineToken(service, 'operator'), at: performance.now() }
    return taken.token
  }
}

function readArguments(): { file: string; concurrency: number } {
  const { values, positionals } = parse()
  const [file, ...rest] = positionals
  const concurrency = Number(values.concurrency)
  if (!file || rest.length > 0 || !Number.isInteger(concurrency) || concurrency < 1) throw new CliError(usage)
  return { file: resolveArgument(file, process.env), concurrency }
}

function parse() {
  try {
    return parseArgs({ allowPositionals: true, options: { concurrency: { type: 'string', default: '16' } } })
  } catch {
    throw new CliError(usage)
  }
}
