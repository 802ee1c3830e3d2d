import { DomainError } from './errors.ts'

/**
 * A moment in UTC as fixed-width text, `2026-08-21T08:01:14.000000000Z`: nanoseconds survive, and comparing texts
 * compares moments.
 */
export type Instant = string

/**
 * Characters of a time as it is entered: RFC 3339 sets no limit, and 73 digits of a fraction are enough for anybody.
 */
export const longestTime = 100

const rfc3339 =
  /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:)([0-5]\d|60)(?:\.(\d+))?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/

/**
 * Parses an RFC 3339 time with any offset; keeps nine digits of its fraction. A leap second, which has no `Instant`,
 * becomes the last nanosecond before it. `undefined` if the text isn't such a time, or outside the years 0 to 9999.
 */
export function parseInstant(text: string): Instant | undefined {
  if (text.length > longestTime) return undefined
  const [, day, hourAndMinute, second, digits = '', offset = 'Z'] = rfc3339.exec(text) ?? []
  const isLeap = second === '60'
  const time = `${hourAndMinute}${isLeap ? '59' : second}`
  const wallClock = new Date(`${day}T${time}Z`)
  // Date rolls over days that aren't in the calendar (30 February); the text must survive the round trip.
  if (Number.isNaN(wallClock.getTime()) || !wallClock.toISOString().startsWith(`${day}T${time}`))
    return undefined
  const moment = new Date(wallClock.getTime() - offsetMinutes(offset) * 60_000)
  const year = moment.getUTCFullYear()
  if (year < 0 || year > 9999 || (isLeap && !mayHaveLeapSecond(moment))) return undefined
  const fraction = isLeap ? '999999999' : digits.slice(0, 9).padEnd(9, '0')
  return `${moment.toISOString().slice(0, 19)}.${fraction}Z`
}

/** RFC 3339, 5.7: at the end of June or December in UTC, since 1972; nobody knows beforehand in which years. */
function mayHaveLeapSecond(moment: Date): boolean {
  return moment.getUTCFullYear() >= 1972 && /-(06-30|12-31)T23:59:59/.test(moment.toISOString())
}

function offsetMinutes(offset: string): number {
  if (offset.toUpperCase() === 'Z') return 0
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number)
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}

export function instantOf(date: Date): Instant {
  return `${date.toISOString().slice(0, -1)}000000Z`
}

/** RFC 3339 as callers see it: without trailing zeros of the fraction beyond milliseconds. */
export function presentInstant(instant: Instant): string {
  return instant.endsWith('000000Z') ? `${instant.slice(0, 23)}Z` : instant
}

export const presentOptional = (instant: Instant | undefined): string | undefined =>
  instant && presentInstant(instant)

export function dateOf(instant: Instant): Date {
  return new Date(`${instant.slice(0, 23)}Z`)
}

export function addMilliseconds(instant: Instant, milliseconds: number): Instant {
  const moved = new Date(dateOf(instant).getTime() + milliseconds)
  return `${moved.toISOString().slice(0, 23)}${instant.slice(23)}`
}

const dayMilliseconds = 86_400_000
/** Days are of 24 hours. */
export const addDays = (instant: Instant, days: number): Instant =>
  addMilliseconds(instant, days * dayMilliseconds)

/** The latest of the moments or days that are given. */
export const latest = (times: readonly (string | undefined)[]): string | undefined =>
  times
    .filter((time) => time !== undefined)
    .sort()
    .at(-1)

/** The moment before every other one: an admin with `joinExisting` is admin since then. */
export const minInstant: Instant = '0000-01-01T00:00:00.000000000Z'

/**
 * A last-writer-wins timestamp (`shared/domain/README.md`): the instant of a change, then the id of its source, so
 * that no two are equal. Compared bytewise. The write with the greater stamp wins, whatever arrived first.
 */
export type Stamp = string

export function stampOf(instant: Instant, id: string): Stamp {
  return `${instant}#${id}`
}

/** The part after the instant: the id of the change's source. */
export const idOfStamp = (stamp: Stamp): string => stamp.slice(stamp.indexOf('#') + 1)

export function instantOfStamp(stamp: Stamp): Instant {
  const end = stamp.indexOf('#')
  if (end < 0) throw new DomainError('invalid-request', 'a stamp is an instant and an id')
  return stamp.slice(0, end)
}

/** The delivery whose event has this stamp; `undefined` if it is a person's change, or a worker's. */
export function deliveryOfStamp(stamp: Stamp): { source: string; id: string } | undefined {
  const [, id, source, ...more] = stamp.split('#')
  return id && source && more.length === 0 ? { source, id } : undefined
}
