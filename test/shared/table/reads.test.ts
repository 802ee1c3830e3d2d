import { BatchGetCommand } from '@aws-sdk/lib-dynamodb'
import { expect, test } from 'vitest'
import type { Key } from '../../../shared/table/keys.ts'
import { startTestEngine } from '../../support/engine.ts'
import { interferedTable } from './interfere.ts'

const engine = await startTestEngine()
const name = await engine.createTable()
const keyOf = (place: number): Key => ({ pk: `C#${place}`, sk: 'ITEM' })
const plain = interferedTable(engine.connect(), name, () => undefined)
const places = Array.from({ length: 250 }, (_, place) => place)
await Promise.all(places.map((place) => plain.putNew({ ...keyOf(place), place })))

type Asked = { Keys: Key[]; ConsistentRead: boolean }
const askedOf = (input: object): Asked =>
  (input as { RequestItems: Record<string, Asked> }).RequestItems[name] as Asked

/** A table that records the requested keys, and leaves those that `unprocessed` returns. */
function leaving(leaves: (asked: Key[], count: number) => Key[]) {
  const requests: Asked[] = []
  const table = interferedTable(engine.connect(), name, ({ command, input, count }) => {
    if (command !== 'BatchGetItemCommand' && command !== 'BatchGetCommand') return undefined
    const asked = askedOf(input)
    requests.push(asked)
    const left = leaves(asked.Keys, count)
    if (left.length === 0) return undefined
    const found = asked.Keys.filter((key) => !left.includes(key))
    return {
      $metadata: {},
      Responses: { [name]: found.map((key) => ({ ...key, place: Number(key.pk.slice(2)), version: 1 })) },
      UnprocessedKeys: { [name]: { Keys: left } },
    }
  })
  return { table, requests }
}

const found = (items: (object | undefined)[]) => items.map((item) => item && 'place' in item && item.place)

test('keys requested at once are one strong request, each item once', async () => {
  const { table, requests } = leaving(() => [])
  const [items, one] = await Promise.all([table.getMany([3, 1, 3, 999, 2].map(keyOf)), table.get(keyOf(1))])
  expect(found(items)).toEqual([3, 1, 3, undefined, 2])
  expect(one).toMatchObject({ place: 1 })
  expect(requests.map(({ Keys, ConsistentRead }) => [Keys.length, ConsistentRead])).toEqual([[4, true]])
})

test('more than a hundred are several requests', async () => {
  const { table, requests } = leaving(() => [])
  expect(found(await table.getMany(places.map(keyOf)))).toEqual(places)
  expect(requests.map(({ Keys }) => Keys.length)).toEqual([100, 100, 50])
})

test('keys that DynamoDB leaves unprocessed are asked for again', async () => {
  const { table, requests } = leaving((asked, count) => asked.slice(0, [60, 20, 1][count] ?? 0))
  expect(found(await table.getMany(places.slice(0, 100).map(keyOf)))).toEqual(places.slice(0, 100))
  expect(requests.map(({ Keys }) => Keys.length)).toEqual([100, 60, 20, 1])
  expect(requests.every(({ ConsistentRead }) => ConsistentRead)).toBe(true)
})

test('keys that stay unprocessed fail in the end, only for their own callers', async () => {
  const { table } = leaving((asked) => asked.filter(({ pk }) => pk === 'C#7'))
  await expect(table.get(keyOf(7))).rejects.toMatchObject({ code: 'unavailable' })
  expect(await table.get(keyOf(8))).toMatchObject({ place: 8 })
})

test('a failed request fails all callers that waited for it, and none after', async () => {
  let isBroken = true
  const table = interferedTable(engine.connect(), name, () => {
    if (isBroken) throw new Error('no network')
    return undefined
  })
  const asked = await Promise.allSettled([table.get(keyOf(1)), table.get(keyOf(1)), table.get(keyOf(2))])
  expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  isBroken = false
  expect(await table.get(keyOf(1))).toMatchObject({ place: 1 })
})

test('a read sees every write that ended before it was asked for', async () => {
  const key = { pk: 'C#fresh', sk: 'ITEM' }
  const reading = plain.getMany(places.map(keyOf))
  const early = plain.get(key)
  await plain.putNew(key)
  expect(await plain.get(key)).toBeDefined()
  await Promise.all([reading, early])
})

test('while requests are under way the rest gathers', async () => {
  const { table, requests } = leaving(() => [])
  const first = table.get(keyOf(0))
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  const more = places.slice(1, 41).map((place) => table.get(keyOf(place)))
  await Promise.all([first, ...more])
  expect(requests.length).toBeLessThanOrEqual(3)
  expect(requests.flatMap(({ Keys }) => Keys)).toHaveLength(41)
})

test('an absent item is undefined, also with unusual keys', async () => {
  const odd = { pk: 'C#x|y', sk: 'NAME#z|\u{1f309}' }
  expect(await plain.get(odd)).toBeUndefined()
  await plain.putNew(odd)
  expect(await plain.get(odd)).toEqual({ ...odd, version: 1 })
  const { documents } = engine
  const answer = await documents.send(new BatchGetCommand({ RequestItems: { [name]: { Keys: [odd] } } }))
  expect(answer.Responses?.[name]).toHaveLength(1)
})
