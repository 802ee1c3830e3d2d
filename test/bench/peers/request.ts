import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb'
import { createTable } from '../../../infra/local/create-table.ts'
import { decide } from '../../../shared/domain/access/decide.ts'
import { actionsOn } from '../../../shared/domain/access/permissions.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import { mapConcurrent } from '../../../shared/runtime/concurrency.ts'
import type { Item } from '../../../shared/table/item.ts'
import { indexes } from '../../../shared/table/schema.ts'
import { type Asked, askedQuestions, withFacts } from '../decide/questions.ts'
import { openEngine, type TestEngine } from '../../support/open-engine.ts'
import { render } from '../table.ts'
import { withCerbos } from './cerbos.ts'
import { type Point, svgOf } from './cost-svg.ts'
import { copiedId, copyOf, readDirectory, tableOf } from './directory.ts'
import { meaningOf } from './meaning-of.ts'
import { withOurs } from './ours.ts'
import { cpuOf, residentMegabytes } from './process.ts'
import type { Question, Server } from './server.ts'
import { withSpiceDb } from './spicedb.ts'
import { type Relationship, relationshipsOf } from './spicedb/relationships.ts'

/** How many times the four organisations. */
const sizes = [1, 10, 100]
const count = 1_000
const warmUp = 500
const atOnce = 8
/** Seconds for loading; sizes that aren't loaded by then are left out. */
const patience = { ours: 270, peers: 100 }

type Measured = Point & { requestsPerSecond: number; megabytes: number }

/** The whole request over loopback: ours, Cerbos and SpiceDB, the same questions, the same answers. */
export async function benchRequests(): Promise<void> {
  const items = await readDirectory()
  const now = new Date()
  const questions = await questionsAbout(items, now)
  const measured: Measured[] = []
  /** At each size that is loaded in time. */
  const measure = async (server: Server, seconds: number, load: (copy: number) => Promise<void>) => {
    const started = performance.now()
    let loaded = 0
    for (const size of sizes) {
      for (; loaded < size; loaded++) {
        if (performance.now() - started > seconds * 1_000) return
        await load(loaded)
      }
      const found = { ...(await ask(server, questions, size)), name: server.name, size }
      process.stderr.write(`${server.name}, × ${size}: ${found.microseconds.toFixed(0)} µs\n`)
      measured.push(found)
    }
  }

  await withEngine((engine, table) =>
    withOurs(engine.endpoint, table, (server) =>
      measure(server, patience.ours, (copy) => put(engine, table, copyOf(items, copy))),
    ),
  )
  await withCerbos((server) => measure(server, patience.peers, async () => {}))
  const original = relationshipsOf(items, instantOf(now))
  await withSpiceDb((server) =>
    measure(server, patience.peers, (copy) => server.load(copiesOf(original, copy))),
  )
  report(measured, items, original.length)
}

/** Of what there is: unknown actions and types cost nobody anything. */
async function questionsAbout(items: readonly Item[], now: Date) {
  const table = tableOf(items)
  const customers = new Set(items.map(({ pk }) => pk.split('#')[1]))
  const isAskable = ({ customerId, userId, action, ref: { type, id } }: Asked) =>
    customers.has(customerId) &&
    userId !== 'unknown' &&
    id !== 'unknown' &&
    type in actionsOn &&
    actionsOn[type as keyof typeof actionsOn].has(action)
  const asked = (await askedQuestions(table, 3 * count)).filter(isAskable).slice(0, count)
  const decidable = await withFacts(
    table,
    asked.map((each) => ({ ...each, now })),
  )
  return decidable.map(({ facts, action, ref }, place) => ({
    question: { ...(asked[place] as Asked), meaning: meaningOf(facts, action, ref) },
    allowed: decide(facts, action, ref).allowed,
  }))
}

const aboutCopy = (question: Question, copy: number): Question => ({
  ...question,
  customerId: copied(question.customerId, copy),
  ref:
    question.ref.type === 'customer' ? { ...question.ref, id: copied(question.ref.id, copy) } : question.ref,
})

async function ask(server: Server, questions: Awaited<ReturnType<typeof questionsAbout>>, size: number) {
  const all = questions.map(({ question, allowed }, place) => ({
    question: aboutCopy(question, place % size),
    allowed,
  }))
  const compare = async ({ question, allowed }: (typeof all)[number]) => {
    if ((await server.isAllowed(question)) === allowed) return
    throw new Error(`${server.name} answers otherwise: ${JSON.stringify(question)} is ${allowed}`)
  }
  await mapConcurrent(all.slice(0, warmUp), atOnce, compare)
  await pause(300)
  const [cpu, start] = [cpuOf(server.pid), performance.now()]
  await mapConcurrent(all, atOnce, compare)
  const seconds = (performance.now() - start) / 1_000
  return {
    microseconds: (cpuOf(server.pid) - cpu) / all.length,
    requestsPerSecond: all.length / seconds,
    megabytes: residentMegabytes(server.pid),
  }
}

const copied = (text: string, copy: number): string =>
  copy === 0 ? text : text.replaceAll(/\b[A-Z]{3}\d{6}\b/g, (id) => copiedId(id, copy))

const copiesOf = (original: readonly Relationship[], copy: number): Relationship[] =>
  original.map(([type, id, relation, user]) => [type, copied(id, copy), relation, copied(user, copy)])

async function withEngine(work: (engine: TestEngine, table: string) => Promise<void>): Promise<void> {
  const engine = await openEngine()
  try {
    await createTable(engine.client, 'latchkey')
    await work(engine, 'latchkey')
  } finally {
    await engine.end()
  }
}

/** A check by ids reads no claim and no index: without both, the largest size is loaded in time. */
const isAsked = ({ sk }: Item) => !/^(EMAIL|NAME)#/.test(sk)
const indexed = new Set<string>(Object.values(indexes).flatMap(({ partition, sort }) => [partition, sort]))
const withoutIndexes = (item: Item): Item =>
  Object.fromEntries(
    Object.entries(item).filter(([name]) => !indexed.has(name) || name === 'pk' || name === 'sk'),
  ) as Item

async function put({ documents }: TestEngine, table: string, all: readonly Item[]): Promise<void> {
  const items = all.filter(isAsked).map(withoutIndexes)
  const batches = Array.from({ length: Math.ceil(items.length / 25) }, (_, at) =>
    items.slice(at * 25, at * 25 + 25),
  )
  await mapConcurrent(batches, 8, (batch) =>
    documents.send(
      new BatchWriteCommand({ RequestItems: { [table]: batch.map((Item) => ({ PutRequest: { Item } })) } }),
    ),
  )
}

function report(measured: readonly Measured[], items: readonly Item[], relationships: number): void {
  const users = items.filter(({ sk }) => sk === 'USER').length
  const about = `${users.toLocaleString('en')} users, ${relationships.toLocaleString('en')} relationships`
  for (const size of sizes) {
    const rows = measured.filter((each) => each.size === size)
    // Where ours wasn't loaded in time, it is compared at the largest size that was.
    const ours = measured.findLast((each) => each.name.startsWith('ours') && each.size <= size)
    if (!ours) continue
    const table = render({
      title: `A whole request, organisations × ${size} (× 1: ${about})`,
      columns: ['CPU µs a check', '× ours', 'requests per second', 'MB resident'],
      rows: rows.map(({ name, microseconds, requestsPerSecond, megabytes }) => ({
        name,
        cells: [microseconds, microseconds / ours.microseconds, requestsPerSecond, megabytes],
      })),
    })
    process.stdout.write(`${table}\n`)
  }
  const file = join(import.meta.dirname, 'cost.svg')
  writeFileSync(
    file,
    svgOf(
      measured.toReversed().sort((a, b) => a.size - b.size),
      users,
    ),
  )
  process.stdout.write(`${file} is drawn anew\n`)
}
