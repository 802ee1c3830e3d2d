import { expect, it } from 'vitest'
import { parseLimit } from '../../../../shared/http/request/paging.ts'

it('a limit is 50 where absent and 1 to 200 where given', () => {
  expect([undefined, '1', '9', '50', '199', '200'].map(parseLimit)).toEqual([50, 1, 9, 50, 199, 200])
})

const misfits = [
  '',
  'abc',
  '0',
  '-1',
  '201',
  '1.5',
  '1e2',
  '0x10',
  '+5',
  '050',
  ' 5',
  '5 ',
  '٣',
  '9'.repeat(99),
]
it.each(misfits)('a limit of %j is refused by name', (text) => {
  const errors = [expect.objectContaining({ pointer: 'limit' })]
  expect(() => parseLimit(text)).toThrow(expect.objectContaining({ code: 'invalid-request', errors }))
})
