import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readDeliveries } from '../../../infra/local/provision/delivery-file.ts'
import { temporaryFolder } from './temporary-folder.ts'

const file = join(temporaryFolder(), 'deliveries.jsonl')
const good = '{"id":"evt_1","type":"t","timestamp":"now","data":{"name":"Zoë","n":1}}'

test('a line gives the id and the body without it, the same bytes every time', () => {
  writeFileSync(file, `${good}\n\n  ${good.replaceAll(':', ' : ')}\r\n`)
  const body = '{"type":"t","timestamp":"now","data":{"name":"Zoë","n":1}}'
  expect(readDeliveries(file)).toEqual([
    { id: 'evt_1', body },
    { id: 'evt_1', body },
  ])
})

test.each([
  ['{"id":"x"', 'not JSON'],
  ['7', 'not a JSON object'],
  [good.replace('evt_1', 'evt 1'), "id is missing or doesn't fit"],
  [good.replace('"now"', '5'), "timestamp is missing or doesn't fit"],
  ['{"id":"x","type":"t","timestamp":"t"}', "data is missing or doesn't fit"],
])('a malformed line is named with its number: %s', (bad, reason) => {
  writeFileSync(file, `${good}\n\n${bad}\n${good}`)
  expect(() => readDeliveries(file)).toThrow(`${file}:3: ${reason}`)
})
