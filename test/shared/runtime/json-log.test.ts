import { expect, it } from 'vitest'
import { createJsonLog } from '../../../shared/runtime/log.ts'

const time = '2026-11-23T12:00:00.000Z'
const lines: string[] = []
const log = createJsonLog(
  (line) => void lines.push(line),
  () => new Date(time),
)
const written = (): unknown => JSON.parse(lines.at(-1) ?? '')

it('a log line is one line of JSON', () => {
  const fields = { source: 'orders', attempts: 3, error: 'Error\n    at x' }
  log('warn', 'delivery\nfailed', fields)
  expect(lines.at(-1)).not.toContain('\n')
  expect(written()).toEqual({ time, level: 'warn', message: 'delivery\nfailed', ...fields })
  log('info', 'started')
  expect(written()).toEqual({ time, level: 'info', message: 'started' })
})

it('a log line keeps no field that is not on the list, nor a value that could hold one', () => {
  const unlisted: object = { email: 'ada@example.com', authorization: 'Bearer x', body: {} }
  const odd: object = { level: 'x', message: 'y', error: { secret: 1 }, route: ['x'] }
  log('info', 'request', { ...unlisted, ...odd, status: 200 })
  expect(written()).toEqual({ time, level: 'info', message: 'request', status: 200 })
})

it('a long field is cut', () => {
  log('error', 'failed', { error: 'x'.repeat(100_000) })
  expect(lines.at(-1)?.length).toBeLessThan(5000)
})
