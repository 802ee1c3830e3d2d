import { expect, test } from 'vitest'
import { untilOpened, untilStill } from '../../../infra/local/review/follow-review.ts'
import type { Review } from '../../../infra/local/review/review.ts'
import { reviewStandIn } from './review-stand-in.ts'
import { runLocal } from './run-node.ts'
import { startAround } from './stand-in.ts'
import { temporaryFolder } from './temporary-folder.ts'

const home = temporaryFolder()
const { compose, reasons } = reviewStandIn()
const { PORT } = await startAround(home, compose)

const run = (...args: string[]) => runLocal('commands/review.ts', args, home, { PORT })
const told = (stdout: string) => ({ code: 0, stdout, stderr: '' })

test('the command opens a review and shows its items and end', async () => {
  const { stdout, ...rest } = await run('OPENED')
  expect(stdout).toMatch(/^review OPENED-1 open: 137 items, ends 2\d{3}-[\dT:.-]+Z\n$/)
  expect(rest).toEqual({ code: 0, stderr: '' })
  expect(reasons).toEqual(['opened by npm run review'])
})

test('with --days it continues the review under way, to its end, and then opens the next one', async () => {
  expect(await run('OPENED', '--days', '5')).toEqual(told('review OPENED-1 open\n'))
  const closed = 'review OPENED-1 closed: 120 kept, 3 reduced, 14 revoked\n'
  expect(await run('OPENED', '--days', '10')).toEqual(told(closed))
  expect(await run('OPENED', '--days', '1')).toEqual(told('review OPENED-2 open\n'))
})

test('a refusal of the service is one line', async () => {
  expect(await run('NOBODY')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'latchkey: no review of NOBODY: There is no such customer.\n',
  })
})

test.each([[[]], [['A', 'B']], [['A', '--days', '1.5']], [['A', '--hours', '1']]])(
  'an error is one line, and no review is opened: %j',
  async (args) => {
    const opened = reasons.length
    const { code, stdout, stderr } = await run(...args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^latchkey: usage: npm run review -- .*\n$/)
    expect(reasons).toHaveLength(opened)
  },
)

/** Polls of the review, the last one for ever. */
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

test('a moving review is followed, also when its state stays', async () => {
  const applying = [1, 2, 3].map((kept): Partial<Review> => ({ state: 'applying', outcomes: { kept } }))
  const last = { state: 'cancelled' } as const
  expect(await untilStill(looks({}, ...applying, last), { stillness: 400 })).toMatchObject(last)
})

test('the command waits longer for a review that is applied', async () => {
  const [applying, closed] = [{ state: 'applying' }, { state: 'closed' }] as const
  const still = { stillness: 300, applying: 1000 }
  expect(await untilStill(looks(applying, applying, applying, closed), still)).toMatchObject(closed)
  expect(await untilStill(looks(applying), still)).toMatchObject(applying)
})

test('a review that never comes to rest is shown in the end', async () => {
  let items = 0
  const restless = async () => ({ id: 'r', state: 'applying', items: ++items }) as const
  expect(await untilStill(restless, { stillness: 400, patience: 600 })).toMatchObject({ state: 'applying' })
  expect(items).toBeGreaterThan(1)
})
