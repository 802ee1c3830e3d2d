import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { untilOpened, untilStill } from '../../../infra/local/review/follow-review.ts'
import type { Review } from '../../../infra/local/review/review.ts'
import { startService } from '../../../infra/local/service.ts'
import { readSettings } from '../../../infra/local/settings.ts'
import { reviewStandIn } from './review-stand-in.ts'
import { runLocal } from './run-node.ts'
import { temporaryFolder } from './temporary-folder.ts'

const home = temporaryFolder()
const { compose, reasons } = reviewStandIn()
const service = await startService(
  { ...readSettings({ PORT: '0', LATCHKEY_DATA: join(home, 'data') }), home: join(home, '.latchkey') },
  { wallClock: () => new Date(), log: () => {}, compose },
)
afterAll(service.stop)
const PORT = new URL(service.origin).port

const run = (...args: string[]) => runLocal('commands/review.ts', args, home, { PORT })
const told = (stdout: string) => ({ code: 0, stdout, stderr: '' })

test('opens a review and says what there is to decide until when', async () => {
  const { stdout, ...rest } = await run('OPENED')
  expect(stdout).toMatch(/^review OPENED-1 open: 137 items, ends 2\d{3}-[\dT:.-]+Z\n$/)
  expect(rest).toEqual({ code: 0, stderr: '' })
  expect(reasons).toEqual(['opened by npm run review'])
})

test('with --days it goes on with the review that is under way, to its end', async () => {
  await run('ENDED')
  expect(await run('ENDED', '--days', '5')).toEqual(told('review ENDED-1 open\n'))
  expect(await run('ENDED', '--days', '10')).toEqual(
    told('review ENDED-1 closed: 120 kept, 3 reduced, 14 revoked\n'),
  )
})

test('with --days it opens one where none is under way, also after others', async () => {
  expect(await run('AGAIN', '--days', '20')).toEqual(
    told('review AGAIN-1 closed: 120 kept, 3 reduced, 14 revoked\n'),
  )
  expect(await run('AGAIN', '--days', '1')).toEqual(told('review AGAIN-2 open\n'))
})

test('what the service refuses is one line', async () => {
  expect(await run('NOBODY')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'latchkey: no review of NOBODY: There is no such customer.\n',
  })
})

test.each([
  [[]],
  [['A', 'B']],
  [['A', '--days']],
  [['A', '--days', 'many']],
  [['A', '--days', '0']],
  [['A', '--days', '1.5']],
  [['A', '--days', '3651']],
  [['A', '--hours', '1']],
])('explains itself in one line and opens nothing: %j', async (args) => {
  const opened = reasons.length
  const { code, stdout, stderr } = await run(...args)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^latchkey: usage: npm run review -- .*\n$/)
  expect(reasons).toHaveLength(opened)
})

/** What each look finds, the last one for ever. */
function looks(...found: Partial<Review>[]) {
  let next = 0
  return async (): Promise<Review> => {
    const review = found[Math.min(next++, found.length - 1)]
    return { id: 'r', state: 'open', ...review }
  }
}

test('the command stops waiting for a review that never opens', async () => {
  await expect(untilOpened(looks({ state: 'opening' }), { patience: 300 })).rejects.toThrow(
    'review r is still opening after 0.3 s',
  )
})

test('one that moves is followed, also when its state stays', async () => {
  const applying = [1, 2, 3].map((kept): Partial<Review> => ({ state: 'applying', outcomes: { kept } }))
  const last = { state: 'cancelled' } as const
  expect(await untilStill(looks({}, ...applying, last), { stillness: 400 })).toMatchObject(last)
})

test('one that is applied is waited for longer than one that is open', async () => {
  const applied = [
    ...Array.from({ length: 4 }, () => ({ state: 'applying' }) as const),
    { state: 'closed' } as const,
  ]
  const still = { stillness: 300, applying: 1500 }
  expect(await untilStill(looks(...applied), still)).toMatchObject({ state: 'closed' })
  expect(await untilStill(looks({ state: 'applying' }), still)).toMatchObject({ state: 'applying' })
})

test('one that never comes to rest is told as it is in the end', async () => {
  let items = 0
  const restless = async () => ({ id: 'r', state: 'applying', items: ++items }) as const
  expect(await untilStill(restless, { stillness: 400, patience: 600 })).toMatchObject({ state: 'applying' })
  expect(items).toBeGreaterThan(1)
})
