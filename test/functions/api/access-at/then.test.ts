import { afterAll, expect, it } from 'vitest'
import { startTestEngine } from '../../../support/engine.ts'
import { isLong, runs, seed } from '../../../support/long.ts'
import { Random } from '../../../support/random.ts'
import { startIssuer } from '../../../support/tokens.ts'
import { live, type Remembered } from './lived-history.ts'

const engine = await startTestEngine()
const clock = { at: Date.parse('2026-08-01T00:00:00.000Z') }
const issuer = await startIssuer(() => new Date(clock.at))
afterAll(() => issuer.close())

/** At which the decision point is asked; 1,000 in a long run. */
const wanted = runs(40, 100)
const momentsOfHistory = 25

type Right = { permissions: string[]; reason: unknown; given?: { by: string; at: string } }
type Row = { user: { id: string }; resource: { type: string; id: string }; rights: Right[] }

const allowedBy = (row: Row | undefined) =>
  Object.fromEntries(
    (row?.rights ?? []).flatMap(({ permissions, reason }) => permissions.map((name) => [name, reason])),
  )

it('access at a time is what the decision point answered then', async () => {
  const random = new Random(seed)
  const codes = new Map<string, number>()
  const different: unknown[] = []
  const asked = new Set<string>()
  for (let moments = 0; moments < wanted; moments += momentsOfHistory) {
    clock.at = Date.parse('2026-08-01T00:00:00.000Z')
    const history = await live({
      engine,
      issuer,
      clock,
      random,
      moments: Math.min(momentsOfHistory, wanted - moments),
    })
    const { remembered, failures, stop } = history
    clock.at += 24 * 3_600_000

    /** All pages of the route, which may be empty. */
    async function rowsFor(query: string): Promise<Row[]> {
      const rows: Row[] = []
      let cursor: string | undefined
      do {
        const { status, body } = await history.look(
          `${query}&limit=${random.pick([2, 200])}${cursor === undefined ? '' : `&cursor=${cursor}`}`,
        )
        if (status !== 200) return [{ status, ...body } as unknown as Row]
        rows.push(...(body.items as unknown as Row[]))
        cursor = body.nextCursor
      } while (cursor !== undefined)
      return rows
    }

    const differs = (how: string, answer: Remembered, found: unknown) =>
      different.push({ how, ...answer, found })
    for (const answer of remembered) {
      const { time, userId, resource, allowed } = answer
      const [subject, object] = [`user/${userId}`, `${resource.type}/${resource.id}`]
      const [pair] = await rowsFor(`time=${time}&subject=${subject}&resource=${object}`)
      for (const reason of Object.values(allowed)) {
        const { code } = reason as { code: string }
        codes.set(code, (codes.get(code) ?? 0) + 1)
      }
      asked.add(`${moments} ${time}`)
      const expected = JSON.stringify(sorted(allowed))
      if (JSON.stringify(sorted(allowedBy(pair))) !== expected) differs('pair', answer, pair)
      if (random.chance(0.3)) {
        const rows = await rowsFor(`time=${time}&resource=${object}`)
        const [row, ...more] = rows.filter(({ user }) => user?.id === userId)
        if (JSON.stringify(sorted(allowedBy(row))) !== expected || more.length > 0)
          differs('resource', answer, rows)
      }
      if (random.chance(0.3) && resource.type !== 'user') {
        const rows = await rowsFor(`time=${time}&subject=${subject}`)
        const [row, ...more] = rows.filter(
          (each) => each.resource?.type === resource.type && each.resource.id === resource.id,
        )
        if (JSON.stringify(sorted(allowedBy(row))) !== expected || more.length > 0)
          differs('subject', answer, rows)
      }
    }
    expect(failures).toEqual([])
    await stop()
  }
  expect(different.slice(0, 3)).toEqual([])
  expect(asked.size).toBeGreaterThanOrEqual(wanted)
  // Assignments and oneself come up in a long run.
  const reasons = isLong ? ['assignment', 'membership', 'owner', 'self', 'type'] : ['membership', 'owner']
  expect([...codes.keys()]).toEqual(expect.arrayContaining(reasons))
}, 3_600_000)

const sorted = (allowed: Record<string, unknown>) =>
  Object.entries(allowed)
    .map(
      ([name, reason]) =>
        [name, Object.entries(reason as object).sort(([a], [b]) => (a < b ? -1 : 1))] as const,
    )
    .sort(([a], [b]) => (a < b ? -1 : 1))
