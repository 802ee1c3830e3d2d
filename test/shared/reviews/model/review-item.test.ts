import * as fc from 'fast-check'
import { expect, it, test } from 'vitest'
import {
  itemId,
  type ItemOutcome,
  outcomeName,
  parseItemId,
  type ReviewItem,
} from '../../../../shared/reviews/model/review-item.ts'
import { cases } from '../../../support/long.ts'

it('is found by its id, with any server id', () => {
  const place = fc.record({
    userId: fc.stringMatching(/^usr_[0-9A-HJKMNP-TV-Z]{26}$/),
    resource: fc.record({
      kind: fc.constantFrom('project' as const, 'server' as const),
      id: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/),
    }),
  })
  fc.assert(
    fc.property(place, (each) => {
      expect(parseItemId(itemId(each))).toEqual(each)
    }),
    cases(50),
  )
})

it.each(
  [
    ['', 'usr_1', 'usr_1.project', 'usr_1.project.', '.project.prj_1', 'usr_1.customer.prj_1'],
    ['usr_1.project.a#b', 'usr#1.project.prj_1', 'usr_1.project.x\n', `usr_1.server.${'a'.repeat(129)}`],
  ].flat(),
)('has no id like %j', (text) => {
  expect(parseItemId(text)).toBeUndefined()
})

const by = (outcome: ItemOutcome, state: ReviewItem['state'] = 'verified') => ({ state, outcome })

test.each<[string | undefined, Pick<ReviewItem, 'state' | 'outcome'>]>([
  [undefined, { state: 'open', outcome: undefined }],
  [undefined, { state: 'decided', outcome: undefined }],
  ['gone', { state: 'gone', outcome: undefined }],
  ['kept', by({ decision: 'keep', by: 'decision' })],
  ['kept', by({ decision: 'keep', by: 'default' })],
  ['reduced', by({ decision: 'reduce', by: 'decision' }, 'applied')],
  ['revoked', by({ decision: 'revoke', by: 'default' })],
  ['heldBack', by({ decision: 'keep', by: 'default', heldBack: 'share' })],
  ['heldBack', by({ decision: 'keep', by: 'default', heldBack: 'main-customer' })],
  ['changed', by({ decision: 'keep', by: 'changed' })],
])('the outcome is %s for %j', (name, item) => {
  expect(outcomeName(item)).toBe(name)
})
