import { expect, it } from 'vitest'
import { mapConcurrent } from '../../shared/runtime/concurrency.ts'
import { Oracle } from '../oracle/oracle.ts'
import { startTestEngine } from '../support/engine.ts'
import { makeHistory } from '../support/history.ts'
import { isLong, runs } from '../support/long.ts'
import { readOrg } from '../support/orgs.ts'
import { startProvisioned } from '../support/provisioned.ts'
import { answerOf, createIds, randomQuestion } from '../support/questions.ts'
import { Random } from '../support/random.ts'
import type { TimedEvent } from '../support/timeline.ts'

const engine = await startTestEngine()

const longer = [
  { org: 'kubernetes-csi', end: ['customer.resumed'] },
  { org: 'kubernetes', end: ['customer.resumed'] },
] as const

/** What becomes of each customer in the end; every status has to be asked. */
const fates = [
  { org: 'etcd-io', end: [] },
  { org: 'kubernetes-client', end: ['customer.resumed', 'customer.suspended'] },
  { org: 'etcd-io', end: ['customer.closed'], as: 'ETC000009' },
  ...(isLong ? longer : []),
] as const

const reasons = {
  false: [
    'closed',
    'disabled',
    'expired',
    'locked',
    'no-grant',
    'not-a-main-member',
    'role-too-low',
    'suspended',
    'type-ceiling',
    'unknown-action',
    'unknown-resource',
    'unknown-subject',
  ],
  true: ['assignment', 'membership', 'owner', 'self', 'type'],
}

it('decides as the oracle does, over real customers and what has happened to them since', async () => {
  const histories = fates.map((fate, index) => historyOf(fate, index + 1))
  const provisioned = await startProvisioned(engine)
  await provisioned.deliverAll(histories.flat())
  const oracle = new Oracle(histories.flat())
  const ids = createIds(provisioned.table)

  const random = new Random(20_261_123)
  const questions = Array.from({ length: runs(1000) }, () => randomQuestion(random, random.pick(histories)))
  const seen = new Set<string>()
  const differences: unknown[] = []
  await mapConcurrent(questions, 32, async (question) => {
    const expected = oracle.decide(question)
    const answer = await answerOf(provisioned.table, ids, question)
    seen.add(`${answer.decision} ${answer.code}`)
    if (JSON.stringify(answer) !== JSON.stringify(expected)) differences.push({ question, answer, expected })
  })

  expect(differences.slice(0, 5)).toEqual([])
  const told = Object.entries(reasons).flatMap(([decision, codes]) =>
    codes.map((code) => `${decision} ${code}`),
  )
  // What is rare comes up in a long run.
  const unseen = told.filter((each) => !seen.has(each))
  expect(unseen.length).toBeLessThanOrEqual(isLong ? 0 : 2)
  expect([...seen].filter((each) => !told.includes(each))).toEqual([])
  expect(provisioned.failures).toEqual([])
}, 1_200_000)

function historyOf(
  { org, end, ...fate }: { org: Parameters<typeof readOrg>[0]; end: readonly string[]; as?: string },
  seed: number,
): TimedEvent[] {
  const text = JSON.stringify(readOrg(org))
  const customerId = fate.as ?? JSON.parse(text)[0].data.customerId
  const base: TimedEvent[] = JSON.parse(text.replaceAll(/ETC000005/g, customerId)).map(
    (event: TimedEvent) => ({ ...event, id: `${event.id}_${seed}` }),
  )
  const ends = end.map((type, index) => ({
    id: `zz_${customerId}_${index}`,
    type,
    timestamp: `2026-08-30T00:00:0${index}Z`,
    data: { customerId },
  }))
  return [...makeHistory(base, { seed, rate: 0.5 }), ...ends]
}
