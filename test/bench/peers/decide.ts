import { deepStrictEqual } from 'node:assert/strict'
import { decide } from '../../../shared/domain/access/decide.ts'
import { ideal } from '../decide/ideal.ts'
import { askedQuestions, type Decidable, withFacts } from '../decide/questions.ts'
import { render, type Table } from '../table.ts'
import { openCasbin } from './casbin.ts'
import { openCasl } from './casl.ts'
import { openCedar } from './cedar.ts'
import { readDirectory, tableOf } from './directory.ts'
import type { Meaning, Peer } from './meaning.ts'
import { meaningOf } from './meaning-of.ts'

const questions = 12_000
/** Few enough that all they touch stays in the processor's caches. */
const repeated = 300
/** The least of many: whatever else the machine does only adds to a round. */
const rounds = { ours: 80, peers: 2 }

/** `decide` beside a hand-written ideal and three libraries: the same questions, the same answers. */
export async function benchDecide(): Promise<void> {
  const table = tableOf(await readDirectory())
  const decidable = await withFacts(table, await askedQuestions(table, questions))
  for (const { facts, action, ref } of decidable)
    deepStrictEqual(ideal(facts, action, ref), decide(facts, action, ref))
  const own = ownTimes(decidable)

  const meanings = decidable.map(({ facts, action, ref }) => meaningOf(facts, action, ref))
  const expected = decidable.map(({ facts, action, ref }) => decide(facts, action, ref).allowed)
  const casl = openCasl()
  const peers = [casl.cached(meanings), casl.perRequest, await openCasbin(), openCedar()]
  const others = peers.map((peer) => [peer.name, ...peerTimes(peer, meanings, expected)] as const)

  const rows: Table['rows'] = [...own, ...others].map(([name, cold, hot]) => {
    const ours = own[0]
    return { name, cells: [cold, cold / ours[1], hot, hot / ours[2]] }
  })
  const cold = own[0][1] / own[1][1]
  process.stdout.write(
    render({
      title: `decide: ${questions.toLocaleString('en')} questions, the same answers; CPU`,
      columns: ['µs a check', '× ours', `µs, ${repeated} repeated`, '× ours, repeated'],
      rows,
    }),
  )
  process.stdout.write(
    `\nours over the ideal: ${cold.toFixed(2)}, repeated ${(own[0][2] / own[1][2]).toFixed(2)}\n\n`,
  )
}

type Times = readonly [name: string, cold: number, hot: number]

function ownTimes(all: readonly Decidable[]): [Times, Times] {
  const contenders = [decide, ideal]
  const least = (list: readonly Decidable[], times: number) => {
    const best = contenders.map(() => Number.POSITIVE_INFINITY)
    for (let round = 0; round < rounds.ours; round++) {
      for (const [place, contender] of contenders.entries()) {
        const spent = cpuOf(list.length * times, () => {
          for (let time = 0; time < times; time++)
            for (const { facts, action, ref } of list) contender(facts, action, ref)
        })
        best[place] = Math.min(best[place] ?? spent, spent)
      }
    }
    return best
  }
  const cold = least(all, 1)
  const hot = least(all.slice(0, repeated), 40)
  return [
    ['ours, with reason and grant', cold[0] ?? 0, hot[0] ?? 0],
    ['ideal, written by hand', cold[1] ?? 0, hot[1] ?? 0],
  ]
}

/** A peer's answers are compared in the first round. */
function peerTimes({ name, isAllowed }: Peer, all: readonly Meaning[], expected: readonly boolean[]) {
  for (const [place, meaning] of all.entries()) {
    if (isAllowed(meaning) !== expected[place])
      throw new Error(`${name} answers otherwise: ${JSON.stringify(meaning)}`)
  }
  return [all, all.slice(0, repeated)].map((list) => {
    let best = Number.POSITIVE_INFINITY
    for (let round = 0; round < rounds.peers; round++)
      best = Math.min(
        best,
        cpuOf(list.length, () => list.forEach((meaning) => isAllowed(meaning))),
      )
    return best
  }) as [number, number]
}

function cpuOf(checks: number, work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / checks
}
