import { readFile } from 'node:fs/promises'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Hono } from 'hono'
import { createAccess } from '../../functions/access/access.ts'
import { createApi } from '../../functions/api/app.ts'
import { createSeenLog, createUsageLog } from '../../shared/usage/usage-log.ts'
import { streamFilters as cleanupFilters } from '../../functions/cleanup/stream-filter.ts'
import { createCleanup } from '../../functions/cleanup/worker.ts'
import { streamFilters as notificationsFilters } from '../../functions/notifications/stream-filter.ts'
import { createNotifications } from '../../functions/notifications/worker.ts'
import { type Configuration, patience } from '../../functions/openstack/configure.ts'
import { streamFilters as openstackFilters } from '../../functions/openstack/stream-filter.ts'
import { createOpenStack } from '../../functions/openstack/worker.ts'
import { streamFilters as provisioningFilters } from '../../functions/provisioning/stream-filter.ts'
import { createProvisioning } from '../../functions/provisioning/worker.ts'
import { streamFilters as reviewFilters } from '../../functions/reviews/stream-filter.ts'
import { createReviews } from '../../functions/reviews/worker.ts'
import { createUsage } from '../../functions/usage/worker.ts'
import { createWebhooks } from '../../functions/webhooks/app.ts'
import { createConsistencyTokens } from '../../shared/auth/consistency-token.ts'
import { createCursorCodec } from '../../shared/auth/cursor.ts'
import { createOptOutTokens } from '../../shared/auth/opt-out-token.ts'
import { createTokenVerifier } from '../../shared/auth/tokens.ts'
import { createWebhookVerifier } from '../../shared/auth/webhook-signature.ts'
import { indexLag } from '../../shared/directory/cleanup/clean-up.ts'
import { connectKeystone } from '../../shared/openstack/keystone/client.ts'
import { triggerGrace } from '../../shared/provisioning/delivery.ts'
import { createReportKeys } from '../../shared/reviews/report/keys.ts'
import { createJsonLog, type Log } from '../../shared/runtime/log.ts'
import type { StreamFilter } from '../../shared/table/stream.ts'
import { openTable, type Table } from '../../shared/table/table.ts'
import { connectReads } from '../../shared/table/wire/reads.ts'
import type { StreamHandler } from './change-stream/shard.ts'
import { localAccess } from './connect.ts'
import type { DataFolder } from './data/data-folder.ts'
import { clients, issuerPath } from './issuer/names.ts'
import { serveAccess } from './serve-access.ts'
import { subscribe } from './log-subscription.ts'
import { createMailFiles } from './mail-files.ts'
import { CliError, messageOf } from './cli-error.ts'

const openApi = new URL('../../functions/api/openapi.json', import.meta.url)

export type Context = {
  documents: DynamoDBDocumentClient
  /** URL of the DynamoDB. */
  endpoint: string
  tableName: string
  folder: DataFolder
  /** Origin of the server, without a slash at the end. */
  origin: string
  customerIdPattern: RegExp
  openstack?: Configuration | undefined
  /** Origins of web pages whose scripts may use the API. */
  corsOrigins?: readonly string[] | undefined
  /** The service's time, which can be moved. */
  now: () => Date
  /** For dates that others have signed: their clocks can't be moved. */
  wallClock: () => Date
  log: Log
}

export type Functions = {
  api: Pick<Hono, 'fetch'>
  access: Pick<Hono, 'fetch'>
  webhooks: Pick<Hono, 'fetch'>
  workers: Worker[]
  /** Resolves once the work after responses is done. */
  drain?: () => Promise<void>
}

/** A worker as the stream and the schedules trigger it. */
export type Worker = {
  onStream: StreamHandler
  filters: StreamFilter[]
  sweep: (ahead?: number) => Promise<unknown>
  /** Milliseconds after which a sweep takes a trigger for lost. */
  grace: number
  /** Its work of every hour, a part a call; true once nothing is left of it. */
  hourly?: () => Promise<boolean>
  /** Closes its connections. */
  close?: () => void
}

/** Composes the same parts as the Lambdas' handlers, with one machine's substitutes for the cloud. */
export function compose({ documents, endpoint, tableName, folder, origin, ...context }: Context): Functions {
  const { customerIdPattern, openstack, now, wallClock, log } = context
  const table = openTable({ documents, name: tableName, now })
  const uses = rememberUses(table, now, log)
  const issuer = `${origin}${issuerPath}`
  const optOut = createOptOutTokens(folder.mailSecret)
  const verifyToken = createTokenVerifier({
    issuer,
    audience: origin,
    operatorClients: [clients.operator],
    checkClients: [clients.check],
    operatorGroups: [],
    now: wallClock,
  })
  const cursors = createCursorCodec(folder.secrets.cursor)
  const consistency = createConsistencyTokens(folder.secrets.cursor)
  const facing = {
    verifyToken,
    publicUrl: origin,
    corsOrigins: context.corsOrigins,
    customerIdPattern,
    used: uses.used,
    seen: uses.seen,
    now,
    log,
  }
  return {
    access: serveAccess(
      createAccess({
        ...facing,
        reads: connectReads(tableName, { endpoint, ...localAccess }),
        cursors: async () => cursors,
        consistency: async () => consistency,
      }),
    ),
    api: createApi({
      ...facing,
      table,
      cursors,
      consistency,
      issuer,
      audience: origin,
      openstack: openstack !== undefined,
      sources: Object.keys(folder.webhooks),
      mail: true,
      optOut: async () => optOut,
      reportKeys: createReportKeys(async () => JSON.stringify({ keys: folder.reportKeys }), now),
      openApi: () => readFile(openApi, 'utf8'),
    }),
    webhooks: createWebhooks({
      table,
      verifySignature: createSignatureVerifier(folder, wallClock),
      now,
      log,
    }),
    workers: [
      {
        ...createProvisioning({
          table,
          sources: () => folder.webhooks,
          customerIdPattern,
          openstack: openstack !== undefined,
          log,
        }),
        filters: provisioningFilters,
        grace: triggerGrace,
      },
      { ...createCleanup({ table, log }), filters: cleanupFilters, grace: indexLag },
      reviewsWorker({ table, openstack: openstack !== undefined, log }),
      {
        ...createNotifications({
          table,
          notifier: createMailFiles({ folder: folder.path, now }),
          optOut,
          publicUrl: origin,
          log,
        }),
        filters: notificationsFilters,
        grace: 0,
      },
      ...(openstack ? [openStackWorker(openstack, table, log)] : []),
    ],
    drain: uses.drain,
  }
}

/** Uses the lines that API and access write to their logs in the cloud; here they go nowhere else. */
function rememberUses(table: Table, now: () => Date, log: Log) {
  const { write, drain } = subscribe(createUsage({ table, log }).onLines, log)
  const lines = createJsonLog(write, now)
  return { used: createUsageLog(lines, now), seen: createSeenLog(lines, now), drain }
}

function openStackWorker(
  { keystone: config, mapping, drift }: Configuration,
  table: Table,
  log: Log,
): Worker {
  const keystone = connectKeystone(config, patience)
  const worker = createOpenStack({ table, keystone, mapping, drift, log })
  return {
    ...worker,
    hourly: worker.fullSync,
    filters: openstackFilters,
    grace: 0,
    close: keystone.close,
  }
}

function reviewsWorker(options: Parameters<typeof createReviews>[0]): Worker {
  const worker = createReviews(options)
  return { ...worker, hourly: worker.beginSchedules, filters: reviewFilters, grace: 0 }
}

function createSignatureVerifier({ path, webhooks }: DataFolder, wallClock: () => Date) {
  try {
    return createWebhookVerifier(webhooks, wallClock)
  } catch (error) {
    throw new CliError(`${path}/webhooks.json cannot be used: ${messageOf(error)}`)
  }
}
