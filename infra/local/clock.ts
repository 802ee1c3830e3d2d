import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import * as v from 'valibot'
import { DomainError } from '../../shared/domain/values/errors.ts'
import { readChecked } from './data/checked-file.ts'
import { readJson, writeJson } from './data/private-files.ts'

/** Path of the local clock. No bundle may have it. */
export const clockPath = '/local/clock'

const day = 86_400_000
/** A hundred years: dates computed from there stay before the year 10000, which an instant's text can't hold. */
const mostAhead = 36_500 * day

const ClockFile = v.strictObject({
  secret: v.pipe(v.string(), v.minLength(16)),
  ahead: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(mostAhead)),
})

/** Days of one move of the clock. */
export const Days = v.pipe(
  v.number(),
  v.integer('must be a whole number'),
  v.minValue(1, 'must be at least 1'),
  v.maxValue(3650, 'must be at most 3650'),
)

export type Clock = {
  /** The service's time: the wall clock's plus all moves. */
  now: () => Date
  /** Permanent: a restart in this folder keeps the offset. Throws `quota` past a hundred years. */
  moveForward: (days: number) => void
  /** Bearer token of the request that moves the clock. */
  secret: string
}

/** The clock of a data folder, which must exist. Its `clock.json` has the offset. @throws {CliError} */
export function createClock(folder: string, wallClock: () => Date): Clock {
  const path = pathOf(folder)
  if (readJson(path) === undefined)
    writeJson(path, { secret: randomBytes(32).toString('base64url'), ahead: 0 })
  const file = readChecked(path, ClockFile)
  const { secret } = file
  let { ahead } = file
  return {
    secret,
    now: () => new Date(wallClock().getTime() + ahead),
    moveForward: (days) => {
      const moved = ahead + days * day
      if (moved > mostAhead)
        throw new DomainError('quota', 'The clock can be moved forward by a hundred years in all.')
      writeJson(path, { secret, ahead: moved })
      ahead = moved
    },
  }
}

/** Reads the bearer token that moves the clock of the folder's service. @throws {CliError} */
export const readClockSecret = (folder: string): string => readChecked(pathOf(folder), ClockFile).secret

const pathOf = (folder: string) => join(folder, 'clock.json')
