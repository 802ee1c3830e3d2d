import { setTimeout as pause } from 'node:timers/promises'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { streamFilters } from '../../functions/provisioning/triggers.ts'
import { triggerGrace } from '../../shared/domain/delivery.ts'
import type { Log } from '../../shared/domain/log.ts'
import { documentOptions } from '../../shared/table/table.ts'
import type { Context, Functions } from './compose.ts'
import { connect } from './connect.ts'
import { ensureTable } from './create-table.ts'
import { openDataFolder } from './data/data-folder.ts'
import { announce, runFolder, withdraw } from './data/run-folder.ts'
import { type Database, openDatabase } from './database.ts'
import { lazyIssuer } from './issuer/lazy-issuer.ts'
import { issuerPath } from './issuer/names.ts'
import { PlainError, plainly } from './plain-error.ts'
import { claimPort } from './server.ts'
import type { Settings } from './settings.ts'
import { startSweeper } from './sweeper.ts'
import { tap } from './tap/tap.ts'

export type Service = {
  origin: string
  /** Resolves with what went wrong when the service can't go on. */
  broken: Promise<PlainError>
  /** Answers what is being asked, finishes what was written, and ends every part, the last started first. */
  stop: () => Promise<void>
}

const tableName = 'latchkey'
const drainMilliseconds = 5000

type Surroundings = { now: () => Date; log: Log; compose: (context: Context) => Functions }

/** Starts everything, in the order in which one part needs another. @throws {PlainError} with nothing left running */
export async function startService(
  settings: Settings,
  { now, log, compose }: Surroundings,
): Promise<Service> {
  const closers: (() => Promise<void> | void)[] = []
  const server = await claimPort(settings.port)
  const stop = async () => {
    await server.stop()
    for (const close of closers.splice(0).toReversed()) {
      try {
        await close()
      } catch (error) {
        // One part that resists must not keep the others running.
        log('error', 'a part did not stop', { error: plainly(error) })
      }
    }
  }
  try {
    const origin = `http://127.0.0.1:${server.port}`
    const path = settings.dataFolder ?? runFolder(settings.home, server.port)
    const database = await openDatabase(path, settings)
    closers.push(database.close)
    const folder = await openDataFolder(path)
    announce(settings.home, server.port, path)
    closers.push(() => withdraw(settings.home, server.port, { everything: !settings.dataFolder }))

    const client = connect(database.endpoint)
    closers.push(() => client.destroy())
    await ensureTable(client, tableName)
    const stream = tap(client, { now, log })
    const documents = DynamoDBDocumentClient.from(client, documentOptions)
    const { customerIdPattern } = settings
    const { api, webhooks, provisioning } = compose({
      documents,
      tableName,
      folder,
      origin,
      customerIdPattern,
      now,
      log,
    })
    stream.subscribe({ handle: provisioning.onStream, filters: streamFilters })
    closers.push(stream.stop, () =>
      Promise.race([stream.drain(), pause(drainMilliseconds, undefined, { ref: false })]),
    )
    // Right after a start no trigger is on its way: whatever is recorded was missed.
    let ahead = triggerGrace
    const sweep = () => provisioning.sweep(ahead).finally(() => (ahead = 0))
    closers.push(startSweeper(sweep, { log }).stop)

    const { operatorClient: operator, checkClient: check } = folder.secrets
    const issuer = lazyIssuer({
      url: `${origin}${issuerPath}`,
      signingKeys: folder.signingKeys,
      clientSecrets: { operator, check },
      log,
    })
    server.serve({ api, webhooks, issuer })
    return { origin, stop, broken: brokenBy(database) }
  } catch (error) {
    await stop()
    throw error
  }
}

async function brokenBy(database: Database): Promise<PlainError> {
  await database.ended
  return new PlainError('the embedded database has ended')
}
