import { dateOf, type Instant } from '../../shared/domain/values/instant.ts'

const inUtc = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' })
// Apart, since versions of ICU differ in what they put between the two.
const weekday = inUtc({ weekday: 'long' })
const day = inUtc({ day: 'numeric', month: 'long', year: 'numeric' })

/** A moment as people write it: `Friday, 11 December 2026, 06:00 UTC`. */
export function writtenTime(instant: Instant): string {
  const date = dateOf(instant)
  return `${weekday.format(date)}, ${day.format(date)}, ${instant.slice(11, 16)} UTC`
}
