import * as fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it, test } from 'vitest'
import { DomainError } from '../../../../shared/domain/values/errors.ts'
import { dateOf, instantOf } from '../../../../shared/domain/values/instant.ts'
import { validate } from '../../../../shared/domain/values/validate.ts'
import {
  addMonths,
  defaultPolicy,
  policyEntries,
  remindersWithin,
  scopeEntries,
} from '../../../../shared/reviews/policy/review-policy.ts'
import { cases } from '../../../support/long.ts'

const Policy = v.strictObject(policyEntries)
const Scope = v.strictObject(scopeEntries)

/** Pointers of the rejected fields. */
function refused(schema: typeof Policy | typeof Scope, input: unknown): string[] {
  try {
    validate(schema, input)
    return []
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return error.errors.map(({ pointer }) => pointer)
  }
}

const someone = 'usr_01ARZ3NDEKTSV4RRFFQ69G5FAV'
const many = (count: number) =>
  Array.from({ length: count }, (_, place) => `${someone.slice(0, -2)}${10 + place}`)
const nanoseconds = (date: string) => `${date}T23:59:59.123456789Z`
const month = (date: Date) => date.getUTCFullYear() * 12 + date.getUTCMonth()

describe('a policy', () => {
  it('is the default where nothing is named', () => {
    const { scope: _scope, reminders: _reminders, ...rest } = defaultPolicy
    expect(validate(Policy, {})).toEqual(rest)
  })

  test.each([
    ['everyMonths', [0, 37, 1.5, -3, '3', 'always', null], [1, 36, 'never']],
    ['days', [0, -1, 91, 0.5, '14', null, Number.NaN], [1, 90]],
    ['largestShare', [200, 101, -1, 20.5, '20', Number.POSITIVE_INFINITY], [0, 100]],
    ['unanswered', ['delete', '', 0, null], ['keep', 'revoke', 'recommendation']],
    [
      'reviewers',
      [[], ['nobody'], ['usr_1'], ['admins', 'admins'], 'admins', [someone.toLowerCase()], [null]],
      [['admins'], ['project'], ['admins', 'project', someone]],
    ],
    [
      'reminders',
      [[0], [90], [1, 1], [1.5], 7, ['7'], Array.from({ length: 11 }, (_, day) => day + 1)],
      [[]],
    ],
  ])('with %s: rejected and accepted values', (name, bad, good) => {
    for (const value of bad) {
      const pointers = refused(Policy, { [name]: value })
      expect(pointers, `${name}: ${JSON.stringify(value)}`).not.toEqual([])
      expect(pointers.every((pointer) => pointer.startsWith(`/${name}`))).toBe(true)
    }
    for (const value of good) expect(validate(Policy, { [name]: value })).toMatchObject({ [name]: value })
  })

  it('has at most twenty reviewers', () => {
    expect(refused(Policy, { reviewers: many(20) })).toEqual([])
    expect(refused(Policy, { reviewers: many(21) })).toEqual(['/reviewers'])
  })

  it('has its reminders in order of time', () => {
    expect(validate(Policy, { reminders: [1, 30, 7] }).reminders).toEqual([30, 7, 1])
  })

  it('has the default reminders that fit into its days', () => {
    expect([1, 2, 7, 8].map(remindersWithin)).toEqual([[], [1], [1], [7, 1]])
  })
})

test.each([
  ['projects', [[], ['a', 'a'], ['a/b'], ['']], [['main', 'prj_1']]],
  ['types', [[], ['admin'], ['customer-tech', 'customer-tech']], [['main-customer', 'customer-client']]],
  ['services', [[], ['cdn'], ['full'], ['dns', 'dns']], [['compute', 'orchestration']]],
  ['origins', [[], ['webhook'], ['explicit', 'explicit']], [['explicit', 'automatic']]],
  ['unusedDays', [0, 3651, '90', 1.5], [1, 3650]],
  ['users', [['usr_1']], []],
])('a scope of %s: rejected and accepted values', (name, bad, good) => {
  for (const value of bad) expect(refused(Scope, { [name]: value })).not.toEqual([])
  for (const value of good) expect(validate(Scope, { [name]: value })).toEqual({ [name]: value })
})

describe('months later', () => {
  test.each([
    ['2026-01-31', 1, '2026-02-28'],
    ['2028-01-31', 1, '2028-02-29'],
    ['2024-02-29', 12, '2025-02-28'],
    ['2024-02-29', 36, '2027-02-28'],
    ['2000-01-30', 1, '2000-02-29'],
    ['2100-01-30', 1, '2100-02-28'],
    ['2026-12-31', 1, '2027-01-31'],
    ['2026-11-30', 3, '2027-02-28'],
    ['2026-08-31', 1, '2026-09-30'],
    ['2026-11-27', 3, '2027-02-27'],
    ['2026-02-28', 1, '2026-03-28'],
  ])('%s and %i more: %s, at the same time of day', (from, months, to) => {
    expect(addMonths(nanoseconds(from), months)).toBe(nanoseconds(to))
  })

  it('is the same day or the last of its month, in that month, and never less than 28 days a month', () => {
    const days = fc.date({ min: new Date('2000-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(days, fc.integer({ min: 1, max: 36 }), (date, months) => {
        const later = dateOf(addMonths(instantOf(date), months))
        expect(month(later) - month(date)).toBe(months)
        const isLastOfMonth = new Date(later.getTime() + 86_400_000).getUTCDate() === 1
        expect(later.getUTCDate() === date.getUTCDate() || isLastOfMonth).toBe(true)
        expect(later.getUTCDate()).toBeLessThanOrEqual(date.getUTCDate())
        expect(later.getTime() - date.getTime()).toBeGreaterThanOrEqual(28 * 86_400_000 * months)
      }),
      cases(100),
    )
  })
})
