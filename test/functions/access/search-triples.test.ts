import { expect, it } from 'vitest'
import { createConsistencyTokens } from '../../../shared/auth/consistency-token.ts'
import { createCursorCodec } from '../../../shared/auth/cursor.ts'
import { parseInstant } from '../../../shared/domain/values/instant.ts'
import { mapConcurrent } from '../../../shared/runtime/concurrency.ts'
import { openTable } from '../../../shared/table/table.ts'
import { startTestEngine } from '../../support/engine.ts'
import { isLong, runs, seed } from '../../support/long.ts'
import { Random } from '../../support/random.ts'
import { makeDirectory, moments, type Ref } from './random-directory.ts'
import { actionsFor, evaluateAll, searchAll, triple } from './truth.ts'

const engine = await startTestEngine()
const cursors = createCursorCodec('a secret of the tests')
const consistency = createConsistencyTokens('a secret of the tests')
/** 0: as many as there are without a limit. */
const limits = [1, 2, 3, 7, 100, 0]
const size = isLong
  ? { users: 14, projects: 5, servers: 3, grants: 45, changes: 30 }
  : { users: 8, projects: 3, servers: 2, grants: 24, changes: 20 }

/** Triples that are evaluated, at least; on a push only some of the searches are made that find them. */
const wanted = runs(1_000, 10_000)
const some = <T>(random: Random, searches: readonly T[]) =>
  isLong ? searches : random.shuffled(searches).slice(0, 80)

it('a search finds exactly what evaluates to true, through pages of every size', async () => {
  let asked = 0
  let allowed = 0
  const differences: unknown[] = []
  for (let number = 1; asked < wanted; number++) {
    const random = new Random(seed + number)
    const moment = random.pick(moments)
    const table = openTable({
      documents: engine.documents,
      name: await engine.createTable(),
      now: () => new Date(moment),
    })
    const deps = {
      reads: table,
      cursors: async () => cursors,
      consistency: async () => consistency,
      now: table.now,
      log: () => {},
    }
    const directory = await makeDirectory(table, `RND${String(number).padStart(6, '0')}`, random, size)
    const truth = await evaluateAll(table, directory, parseInstant(moment) ?? '')
    asked += truth.asked
    allowed += truth.allowed.size
    const { customerId } = directory

    const compare = async (
      name: string,
      expected: string[],
      search: Parameters<typeof searchAll>[3],
      kind: Parameters<typeof searchAll>[2],
    ) => {
      const found = await searchAll(deps, customerId, kind, {
        ...search,
        limit: random.pick(limits) || undefined,
      })
      if (JSON.stringify(found.toSorted()) !== JSON.stringify(expected.toSorted()))
        differences.push({ number, moment, name, found, expected })
    }
    const isAllowed = (userId: string, action: string, ref: Ref) =>
      truth.allowed.has(triple(userId, action, ref))
    const bySubject = truth.refs.flatMap((ref) => actionsFor(ref).map((action) => ({ ref, action })))
    await mapConcurrent(some(random, bySubject), 8, ({ ref, action }) =>
      compare(
        `who may ${action} ${ref.type}/${ref.id}`,
        truth.userIds.filter((userId) => isAllowed(userId, action, ref)),
        { subject: { type: 'user' }, action: { name: action }, resource: ref },
        'subject',
      ),
    )
    const types = [...new Set(truth.refs.map(({ type }) => type))]
    const byResource = truth.userIds.flatMap((userId) =>
      types.flatMap((type) => actionsFor({ type }).map((action) => ({ userId, type, action }))),
    )
    await mapConcurrent(
      isLong ? byResource : random.shuffled(byResource).slice(0, 300),
      8,
      ({ userId, type, action }) =>
        compare(
          `with what ${userId} may ${action}`,
          truth.refs.filter((ref) => ref.type === type && isAllowed(userId, action, ref)).map(({ id }) => id),
          { subject: { type: 'user', id: userId }, action: { name: action }, resource: { type } },
          'resource',
        ),
    )
    const byAction = truth.userIds.flatMap((userId) => truth.refs.map((ref) => ({ userId, ref })))
    await mapConcurrent(some(random, byAction), 8, ({ userId, ref }) =>
      compare(
        `what ${userId} may with ${ref.type}/${ref.id}`,
        actionsFor(ref).filter((action) => isAllowed(userId, action, ref)),
        { subject: { type: 'user', id: userId }, resource: ref },
        'action',
      ),
    )
  }
  expect(differences.slice(0, 5)).toEqual([])
  expect(allowed).toBeGreaterThan(asked / 50)
  if (isLong) console.info(`${asked} triples, ${allowed} of them allowed`)
}, 1_800_000)
