import { expect, test } from 'vitest'
import {
  addMilliseconds,
  minInstant,
  dateOf,
  instantOf,
  instantOfStamp,
  parseInstant,
  presentInstant,
  stampOf,
} from '../../../../shared/domain/values/instant.ts'

test.each([
  ['2026-08-21T08:01:14Z', '2026-08-21T08:01:14.000000000Z'],
  ['2026-08-21t08:01:14z', '2026-08-21T08:01:14.000000000Z'],
  ['2026-08-21T08:01:14.5Z', '2026-08-21T08:01:14.500000000Z'],
  ['2026-08-21T08:01:14.123456789Z', '2026-08-21T08:01:14.123456789Z'],
  ['2026-08-21T10:01:14.000000001+02:00', '2026-08-21T08:01:14.000000001Z'],
  ['2026-08-20T22:31:14-09:30', '2026-08-21T08:01:14.000000000Z'],
  ['2026-08-21T08:01:14+23:59', '2026-08-20T08:02:14.000000000Z'],
  ['2026-08-21T08:01:14-00:00', '2026-08-21T08:01:14.000000000Z'],
  ['2026-01-01T00:30:00+01:00', '2025-12-31T23:30:00.000000000Z'],
  ['2024-02-29T23:59:59.999999999Z', '2024-02-29T23:59:59.999999999Z'],
  ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00.000000000Z'],
  ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000000000Z'],
  ['2026-08-21T08:01:14.1234567890Z', '2026-08-21T08:01:14.123456789Z'],
  ['2026-08-21T08:01:14.9999999999z', '2026-08-21T08:01:14.999999999Z'],
  [`2026-08-21T08:01:14.5${'0'.repeat(78)}Z`, '2026-08-21T08:01:14.500000000Z'],
  ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59.999999999Z'],
  ['1990-12-31T15:59:60.25-08:00', '1990-12-31T23:59:59.999999999Z'],
  ['2012-07-01t01:59:60+02:00', '2012-06-30T23:59:59.999999999Z'],
])('%s is %s', (written, instant) => {
  expect(parseInstant(written)).toBe(instant)
})

const day = '2026-08-21'
test.each(
  [
    ['', 'now', day, `${day}T08:01:14`, `${day} 08:01:14Z`, `${day}T08:01Z`, '1787299274'],
    [`${day}T08:01:14.Z`, `${day}T08:01:14.5z5`, `${day}T08:01:14.٥Z`, `${day}T08:01:14,5Z`],
    [`${day}T08:01:14.5${'0'.repeat(79)}Z`, `${day}T08:01:14.${'5'.repeat(100_000)}Z`],
    [`${day}T08:01:14+0200`, `${day}T08:01:14+02`, `${day}T08:01:14+24:00`, `${day}T08:01:14-02:60`],
    ['2026-02-30T00:00:00Z', '2025-02-29T00:00:00Z', '2026-13-01T00:00:00Z', '2026-08-00T00:00:00Z'],
    [`${day}T24:00:00Z`, `${day}T23:60:00Z`, `${day}T08:01:14Z\n`],
    [`+1${day}T08:01:14Z`, `２${day.slice(1)}T08:01:14Z`],
    // No leap seconds.
    [`${day}T23:59:60Z`, '2016-12-31T22:59:60Z', '2016-12-31T23:58:60Z', '2016-12-31T23:59:61Z'],
    ['2016-12-31T23:59:60+01:00', '2016-03-31T23:59:60Z', '1971-12-31T23:59:60Z', '2016-12-32T23:59:60Z'],
    // Outside of the years 0 to 9999.
    ['0000-01-01T00:00:00+00:01', '9999-12-31T23:59:59-00:01'],
  ].flat(),
)('%j is no time', (written) => {
  expect(parseInstant(written)).toBeUndefined()
})

test('texts compare as moments do', () => {
  const written = [
    '2026-08-21T08:01:14.5Z',
    '2026-08-21T10:01:14.500000001+02:00',
    '2026-08-21T08:01:14.50000001Z',
    '2026-08-21T03:01:15-05:00',
    '2026-08-21T08:01:15.000000001Z',
  ]
  const instants = written.map((text) => parseInstant(text) ?? '')
  expect(instants.toSorted()).toEqual(instants)
  expect(new Set(instants.map((instant) => instant.length))).toEqual(new Set([30]))
  expect(minInstant < (parseInstant('0000-01-01T00:00:00.000000001Z') ?? '')).toBe(true)
})

test('a date and an instant are the same to the millisecond', () => {
  const date = new Date('2026-08-21T08:01:14.123Z')
  expect(instantOf(date)).toBe('2026-08-21T08:01:14.123000000Z')
  expect(dateOf(instantOf(date))).toEqual(date)
  expect(dateOf('2026-08-21T08:01:14.123999999Z')).toEqual(date)
})

test('callers see milliseconds, and more where there is more', () => {
  expect(presentInstant('2026-08-21T08:01:14.500000000Z')).toBe('2026-08-21T08:01:14.500Z')
  expect(presentInstant('2026-08-21T08:01:14.000000001Z')).toBe('2026-08-21T08:01:14.000000001Z')
})

test('milliseconds are added over days, with the nanoseconds kept', () => {
  const instant = '2026-12-31T23:59:59.999000001Z'
  expect(addMilliseconds(instant, 1)).toBe('2027-01-01T00:00:00.000000001Z')
  expect(addMilliseconds(addMilliseconds(instant, 86_400_000), -86_400_000)).toBe(instant)
})

const at = (nanoseconds: number) => `2026-08-21T08:01:14.00000000${nanoseconds}Z`

test('stamps order by instant, then bytewise by id, and give their instant back', () => {
  const stamps = [...['Z', '_', 'a', 'aa'].map((id) => stampOf(at(1), id)), stampOf(at(2), 'A')]
  expect(stamps.toSorted()).toEqual(stamps)
  expect(instantOfStamp(stampOf(at(1), 'evt_1'))).toBe(at(1))
  expect(() => instantOfStamp(at(1))).toThrow('a stamp is an instant and an id')
  expect(at(1) < stampOf(at(1), '')).toBe(true)
})
