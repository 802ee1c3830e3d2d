import { randomUUID } from 'node:crypto'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { connect } from '../../infra/local/connect.ts'
import { createTable } from '../../infra/local/create-table.ts'
import { startEngine } from '../../infra/local/engine.ts'
import { documentOptions } from '../../shared/table/table.ts'
import { startProvisioned } from '../support/provisioned.ts'
import { judge, render, type Story } from './judge.ts'
import { randomArrival, randomHistory } from './random-history.ts'

const orders = 4
const together = 10

const [from = 1, to = 21] = process.argv.slice(2).map(Number)

export function storiesOf(seed: number): Story[] {
  const history = randomHistory(seed)
  return Array.from({ length: orders }, (_, order) => ({
    seed,
    history,
    arrival: randomArrival(history, seed * orders + order),
  }))
}

/** A difference is printed whole; the first few are enough to begin with. */
const printed = 5

async function main(): Promise<number> {
  const engine = await startEngine()
  const client = connect(engine.endpoint)
  const createNamed = async () => {
    const name = `order-${randomUUID()}`
    await createTable(client, name)
    return name
  }
  const testEngine = {
    endpoint: engine.endpoint,
    client,
    documents: DynamoDBDocumentClient.from(client, documentOptions),
    connect: () => connect(engine.endpoint),
    createTable: createNamed,
  }
  let told = 0
  let count = 0
  const began = Date.now()
  let service = await startProvisioned(testEngine)
  for (let seed = from; seed < to; seed += together) {
    const seeds = Array.from({ length: Math.min(together, to - seed) }, (_, place) => seed + place)
    const stories = seeds.flatMap(storiesOf)
    const differences = await judge(service, stories)
    count += stories.length
    for (const difference of differences) {
      if (told++ < printed) process.stdout.write(`${render(difference)}\n`)
    }
    for (const failure of service.failures.splice(0)) {
      told++
      process.stdout.write(`failure: ${failure}\n`)
    }
  }
  await service.stop()
  process.stdout.write(
    `${count} histories and orders from seed ${from}: ${told} differ, ${Math.round((Date.now() - began) / 1000)} s\n`,
  )
  client.destroy()
  engine.kill()
  await engine.ended
  return told
}

process.exit((await main()) > 0 ? 1 : 0)
