import { expect, test } from 'vitest'
import { excerpt, located, fieldsError } from '../../../../shared/domain/values/errors.ts'

test('a hundred characters of the input are repeated, and less of a longer one', () => {
  expect(excerpt('x'.repeat(100))).toBe('x'.repeat(100))
  expect(excerpt('x'.repeat(101))).toBe(`${'x'.repeat(99)}…`)
  // Not half of a character.
  expect(excerpt(`${'x'.repeat(98)}\u{1f309}yz`)).toBe(`${'x'.repeat(98)}…`)
})

test('a refusal names twenty fields, each in brief', () => {
  const errors = Array.from({ length: 30 }, (_, place) => ({
    pointer: `/${'x'.repeat(200)}${place}`,
    detail: 'is not',
  }))
  const refusal = fieldsError('invalid-request', errors, 'In it: ')
  expect(refusal.errors).toHaveLength(20)
  expect(refusal.errors[0]).toEqual({ pointer: `/${'x'.repeat(98)}…`, detail: 'is not' })
  expect(refusal.message.startsWith(`In it: /${'x'.repeat(98)}… is not; /x`)).toBe(true)
  expect(located('/decisions/7', refusal).errors[0]?.pointer).toHaveLength(100)
  expect(fieldsError('invalid-request', [{ pointer: '', detail: 'is not' }]).message).toBe('it is not')
})
