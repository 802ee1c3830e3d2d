import { dateOf, type Instant } from '../../shared/domain/values/instant.ts'

const inUtc = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' })
// Two formats, as versions of ICU differ in the separator between weekday and date.
const weekday = inUtc({ weekday: 'long' })
const day = inUtc({ day: 'numeric', month: 'long', year: 'numeric' })

/** Formats a time for people: `Friday, 11 December 2026, 06:00 UTC`. */
export function writtenTime(instant: Instant): string {
  const date = dateOf(instant)
  return `${weekday.format(date)}, ${day.format(date)}, ${instant.slice(11, 16)} UTC`
}
