import { setTimeout as pause } from 'node:timers/promises'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Log } from '../../shared/runtime/log.ts'
import { documentOptions } from '../../shared/table/table.ts'
import { openChangeStream } from './change-stream/change-stream.ts'
import { createClockApp } from './clock-app.ts'
import { createClock } from './clock.ts'
import type { Context, Functions, Worker } from './compose.ts'
import { connect } from './connect.ts'
import { ensureTable } from './create-table.ts'
import { openDataFolder } from './data/data-folder.ts'
import { announce, runFolder, withdraw } from './data/run-folder.ts'
import { type Database, openDatabase } from './database.ts'
import { lazyIssuer } from './issuer/lazy-issuer.ts'
import { issuerPath } from './issuer/names.ts'
import { CliError, messageOf } from './cli-error.ts'
import { claimPort } from './server.ts'
import type { Settings } from './settings.ts'
import { startSweeper } from './sweeper.ts'

type Service = {
  origin: string
  /** Resolves with the error when the service can't continue. */
  broken: Promise<CliError>
  /** Answers open requests, processes written records, and stops every part, the last started first. */
  stop: () => Promise<void>
}

const tableName = 'latchkey'
const drainMilliseconds = 5000
/** Milliseconds between two parts of hourly work. */
const hourlyPause = 10_000

type Surroundings = { wallClock: () => Date; log: Log; compose: (context: Context) => Functions }

/** Starts every part, in the order of their dependencies. @throws {CliError} with nothing left running */
export async function startService(
  settings: Settings,
  { wallClock, log, compose }: Surroundings,
): Promise<Service> {
  const closers: (() => Promise<void> | void)[] = []
  const server = await claimPort(settings.port)
  const stop = async () => {
    await server.stop()
    for (const close of closers.splice(0).toReversed()) {
      try {
        await close()
      } catch (error) {
        // A part that fails to stop must not keep the others running.
        log('error', 'a part did not stop', { error: messageOf(error) })
      }
    }
  }
  try {
    const origin = `http://127.0.0.1:${server.port}`
    const path = settings.dataFolder ?? runFolder(settings.home, server.port)
    const database = await openDatabase(path, settings)
    closers.push(database.close)
    const folder = await openDataFolder(path)
    const clock = createClock(path, wallClock)
    announce(settings.home, server.port, path)
    closers.push(() => withdraw(settings.home, server.port, { everything: !settings.dataFolder }))

    const client = connect(database.endpoint)
    closers.push(() => client.destroy())
    await ensureTable(client, tableName)
    const stream = openChangeStream(client, { now: clock.now, log })
    const documents = DynamoDBDocumentClient.from(client, documentOptions)
    const { customerIdPattern, openstack, corsOrigins } = settings
    const { api, access, webhooks, workers, drain } = compose({
      documents,
      endpoint: database.endpoint,
      tableName,
      folder,
      origin,
      customerIdPattern,
      openstack,
      corsOrigins,
      now: clock.now,
      wallClock,
      log,
    })
    for (const { onStream, filters } of workers) stream.subscribe({ handle: onStream, filters })
    closers.push(stream.stop, () => inTime(stream.drain()))
    if (drain) closers.push(() => inTime(drain()))
    for (const worker of workers) {
      closers.push(startSweeper(sweepOf(worker), { log }).stop)
      if (worker.hourly) closers.push(startSweeper(worker.hourly, { log, pause: hourlyPause }).stop)
    }
    // Stopped first: open requests need no wait, as their items stay due.
    for (const { close } of workers) if (close) closers.push(close)

    const { operatorClient: operator, checkClient: check } = folder.secrets
    const issuer = lazyIssuer({
      url: `${origin}${issuerPath}`,
      audience: origin,
      signingKeys: folder.signingKeys,
      clientSecrets: { operator, check },
      log,
    })
    server.serve({ api, access, webhooks, issuer, clock: createClockApp(clock, { wallClock, log }) })
    return { origin, stop, broken: brokenBy(database) }
  } catch (error) {
    await stop()
    throw error
  }
}

const inTime = (drained: Promise<void>): Promise<void> =>
  Promise.race([drained, pause(drainMilliseconds, undefined, { ref: false })])

/** Right after a start no trigger is under way: all work was missed. */
function sweepOf({ sweep, grace }: Worker): () => Promise<unknown> {
  let ahead = grace
  return () => sweep(ahead).finally(() => (ahead = 0))
}

async function brokenBy(database: Database): Promise<CliError> {
  await database.ended
  return new CliError('the embedded database has ended')
}
