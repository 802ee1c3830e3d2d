import { DomainError } from './errors.ts'

/**
 * A moment in UTC as fixed-width text, `2026-08-21T08:01:14.000000000Z`: nanoseconds survive, and comparing texts
 * compares moments.
 */
export type Instant = string

const rfc3339 = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/

/** Reads an RFC 3339 time with any offset and up to nine fractional digits; `undefined` if it isn't one. */
export function parseInstant(text: string): Instant | undefined {
  const match = rfc3339.exec(text)
  if (!match) return undefined
  const [, day, time, fraction = '', offset = 'Z'] = match
  const wallClock = new Date(`${day}T${time}Z`)
  // Date rolls over what isn't in the calendar (30 February); the text must survive the round trip.
  if (Number.isNaN(wallClock.getTime()) || !wallClock.toISOString().startsWith(`${day}T${time}`))
    return undefined
  const moment = new Date(wallClock.getTime() - offsetMinutes(offset) * 60_000)
  const year = moment.getUTCFullYear()
  if (year < 0 || year > 9999) return undefined
  return `${moment.toISOString().slice(0, 19)}.${fraction.padEnd(9, '0')}Z`
}

function offsetMinutes(offset: string): number {
  if (offset.toUpperCase() === 'Z') return 0
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number)
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}

export function instantOf(date: Date): Instant {
  return `${date.toISOString().slice(0, -1)}000000Z`
}

/** RFC 3339 as callers see it: trailing zeros of the fraction beyond milliseconds go. */
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

/** The latest of the moments, or of the days, that there are. */
export const latest = (times: readonly (string | undefined)[]): string | undefined =>
  times
    .filter((time) => time !== undefined)
    .sort()
    .at(-1)

/** The moment before every other one: an admin with `joinExisting` is admin since then. */
export const beginning: Instant = '0000-01-01T00:00:00.000000000Z'

/**
 * When a change counts: its instant, then who brought it, so that no two are equal. Compared bytewise.
 * A later stamp of the same register wins, whatever arrived first (`events.md`, Order).
 */
export type Stamp = string

export function stampOf(instant: Instant, id: string): Stamp {
  return `${instant}#${id}`
}

/** What comes after the instant: who brought it. */
export const idOfStamp = (stamp: Stamp): string => stamp.slice(stamp.indexOf('#') + 1)

export function instantOfStamp(stamp: Stamp): Instant {
  const end = stamp.indexOf('#')
  if (end < 0) throw new DomainError('invalid-request', 'a stamp is an instant and an id')
  return stamp.slice(0, end)
}
