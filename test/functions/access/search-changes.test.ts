import { expect, it } from 'vitest'
import { createConsistencyTokens } from '../../../shared/auth/consistency-token.ts'
import { createCursorCodec } from '../../../shared/auth/cursor.ts'
import { parseInstant } from '../../../shared/domain/values/instant.ts'
import { openTable } from '../../../shared/table/table.ts'
import { startTestEngine } from '../../support/engine.ts'
import { runs, seed } from '../../support/long.ts'
import { Random } from '../../support/random.ts'
import { makeDirectory, type RandomDirectory, type Ref } from './random-directory.ts'
import { allowedAmong, searchAll } from './truth.ts'

const engine = await startTestEngine()
const cursors = createCursorCodec('a secret of the tests')
const consistency = createConsistencyTokens('a secret of the tests')
const moment = '2026-11-23T00:00:00Z'
const now = parseInstant(moment) ?? ''
const size = { users: 14, projects: 6, servers: 5, grants: 70, changes: 10 }

const directories = runs(1, 10)
const searchesEach = 15

/** Of what many have, so that there are several pages. */
const actions = {
  customer: ['account.read', 'contact.read', 'cdn.manage'],
  project: ['project.read', 'compute.read', 'dns.read', 'project.manage'],
  server: ['server.read', 'server.power'],
  user: ['user.read', 'user.manage'],
}
const kinds = ['project', 'project', 'server', 'user'] as const

it('what holds from the first page to the last is found once, whatever changes between pages', async () => {
  const problems: unknown[] = []
  let pages = 0
  let held = 0
  for (let number = 1; number <= directories; number++) {
    const random = new Random(seed + 1000 + number)
    const documents = engine.documents
    const table = openTable({ documents, name: await engine.createTable(), now: () => new Date(moment) })
    const deps = {
      reads: table,
      cursors: async () => cursors,
      consistency: async () => consistency,
      now: table.now,
      log: () => {},
    }
    const directory = await makeDirectory(table, `CHG${String(number).padStart(6, '0')}`, random, size)

    for (let each = 0; each < searchesEach; each++) {
      const question = await randomSearch(random, directory)
      const { kind, body } = question
      const truth = () => allowedAmong(table, directory, now, question)
      const truths: Set<string>[] = [await truth()]
      const found = await searchAll(
        deps,
        directory.customerId,
        kind,
        { ...body, limit: random.pick([1, 2, 3]) },
        async (page) => {
          pages++
          const present = await truth()
          truths.push(present)
          const wrong = page.filter((name) => !present.has(name))
          if (wrong.length > 0) problems.push({ number, each, body, wrong, why: 'found, but denied' })
          for (let change = random.below(3); change > 0; change--) await directory.change()
          truths.push(await truth())
        },
      )
      if (new Set(found).size < found.length) problems.push({ number, each, body, found, why: 'found twice' })
      // What came after the last page doesn't count.
      const during = truths.slice(0, -1)
      const always = [...(during[0] ?? [])].filter((name) => during.every((present) => present.has(name)))
      held += always.length
      const missed = always.filter((name) => !found.includes(name))
      if (missed.length > 0) problems.push({ number, each, body, missed, found, why: 'missed' })
    }
  }
  expect(problems.slice(0, 3)).toEqual([])
  expect(pages).toBeGreaterThan(directories * searchesEach * 1.5)
  expect(held).toBeGreaterThan(pages / 2)
}, 1_800_000)

async function randomSearch(random: Random, directory: RandomDirectory) {
  const refs = await directory.refs()
  if (random.chance(0.5)) {
    const ref: Ref = random.pick(refs)
    const action = random.pick(actions[ref.type as keyof typeof actions])
    const body = { subject: { type: 'user' }, action: { name: action }, resource: ref }
    return { kind: 'subject', action, ref, body } as const
  }
  const type = random.pick(kinds)
  const userId = random.pick(await directory.userIds())
  const action = random.pick(actions[type])
  const body = { subject: { type: 'user', id: userId }, action: { name: action }, resource: { type } }
  return { kind: 'resource', action, userId, type, body } as const
}
