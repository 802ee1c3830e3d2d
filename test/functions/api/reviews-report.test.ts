import { beforeAll, describe, expect, it } from 'vitest'
import { reportColumns } from '../../../shared/reviews/report/columns.ts'
import { verifyReport } from '../../../shared/reviews/report/verify-report.ts'
import { seedScene } from './changes.ts'
import { runReviewWorker, skipNotice } from './open-review.ts'
import { requester, refuser } from './routing/refused.ts'
import { startWorld } from './world.ts'

const world = await startWorld()
const scene = await seedScene(world)
const { id, mail } = scene
const ask = requester(scene)
const inWeb = `${id.tech}.project.${id.web}`
let path = ''
let review = ''

type Told = { report: Record<string, unknown>; records: Record<string, unknown>[] }

/** Downloads the file. */
async function report(format = 'json'): Promise<Buffer> {
  const answer = await ask(['admin', 'GET', `${path}/report?format=${format}`])
  if (answer.status !== 200) throw new Error(answer.text)
  return Buffer.from(answer.text)
}

const unsigned = async () => (await report()).toString().replace(/"signature":.*/, '')

const verdictOn = async (file: Buffer) =>
  verifyReport(file, (await world.ask('/.well-known/jwks.json')).body as unknown as { keys: [] })

/** One grant is decided twice, then the review applied; the project's name is a formula for a spreadsheet. */
beforeAll(async () => {
  await ask(['admin', 'PATCH', `/projects/${id.web}`, { name: '=cmd|x' }])
  await ask(['admin', 'PUT', '/review-policy', { reviewers: ['admins', id.billing], unanswered: 'revoke' }])
  await skipNotice(world.table, scene.customerId)
  review = await scene.review()
  path = `/reviews/${review}`
  await ask(['admin', 'PUT', `${path}/items/${inWeb}/decision`, { decision: 'keep', reason: '-1+1' }])
  await ask(['billing', 'PUT', `${path}/items/${inWeb}/decision`, { decision: 'revoke', reason: 'resigned' }])
  const seen = { 'if-match': await scene.etag(path) }
  await ask(['admin', 'POST', `${path}/apply`, undefined, seen])
})

describe('a report', () => {
  it('is available at any time, and shows the progress of the review', async () => {
    const file = await report()
    expect(JSON.parse(String(file))).toMatchObject({ report: { state: 'applying' } })
    expect(await verdictOn(file)).toMatchObject({ ok: true })
    await runReviewWorker(world.table, scene.customerId)
  })

  it('has a header about the review as a whole', async () => {
    const { report: header } = JSON.parse(String(await report())) as Told
    const types = { owner: 'main-customer', admin: 'customer-admin', billing: 'customer-billing' }
    const people = (['owner', 'admin', 'billing'] as const).map((who) =>
      expect.objectContaining({ id: id[who], email: mail(who), type: types[who], status: 'active' }),
    )
    expect(header).toMatchObject({
      customerId: scene.customerId,
      reviewId: review,
      organisation: 'Scene',
      state: 'closed',
      startedBy: 'operator:ops',
      appliedBy: `user:${id.admin}`,
      policy: { days: 14, unanswered: 'revoke', largestShare: 20 },
      scope: {},
      reviewers: ['admins', id.billing],
      reminded: [{ mark: 'opened', told: 2 }],
      itemsAtOpening: 9,
      brake: { population: 9, limit: 1 },
    })
    expect(new Set(header.people as object[])).toEqual(new Set(people))
    const reminded = (header.reminders as { userId: string }[]).map(({ userId }) => userId)
    expect(new Set(reminded)).toEqual(new Set([id.admin, id.billing]))
  })

  it('has a record for each grant, with every decision and the outcome', async () => {
    const { report: header, records } = JSON.parse(String(await report())) as Told
    expect(records).toHaveLength(9)
    const record = records.find(({ userId, resourceId }) => userId === id.tech && resourceId === id.web)
    expect(record).toMatchObject({
      email: mail('tech'),
      userType: 'customer-tech',
      resourceType: 'project',
      resourceName: '=cmd|x',
      roles: ['dns:read'],
      source: 'webhook',
      advice: 'keep',
      adviceBecause: 'new',
      decision: 'revoke',
      decisionReason: 'resigned',
      decidedBy: `user:${id.billing}`,
      decidedByEmail: mail('billing'),
      earlierDecisions: [
        { decision: 'keep', reason: '-1+1', by: `user:${id.admin}`, byEmail: mail('admin') },
      ],
      outcome: 'revoked',
      outcomeBy: 'decision',
      verifiedAt: expect.any(String),
    })
    const counted = Object.groupBy(records, ({ outcome }) => String(outcome))
    const outcomes = Object.entries(counted).map(([outcome, list]) => [outcome, list?.length])
    expect(header.outcomes).toEqual(Object.fromEntries(outcomes))
    expect(records.some(({ heldBack }) => heldBack === 'share')).toBe(true)
  })

  it('is the same each time, in whatever order DynamoDB returns its parts', async () => {
    const first = await unsigned()
    for (let times = 0; times < 8; times++) expect(await unsigned()).toBe(first)
  })

  it('names the users who started it, were reminded and decided, also those whom the policy does not name', async () => {
    const another = await seedScene(world)
    const askOther = requester(another)
    const member = `/projects/${another.id.web}/members/${another.id.tech}`
    await askOther(['admin', 'PUT', member, { roles: ['full'] }])
    await askOther(['admin', 'PUT', '/review-policy', { reviewers: ['project'] }])
    await skipNotice(world.table, another.customerId)
    // Nothing to decide for the admin, who is not reminded then.
    const started = await askOther(['admin', 'POST', '/reviews', { scope: { types: ['customer-admin'] } }])
    await runReviewWorker(world.table, another.customerId)
    const at = `/reviews/${String(started.body.id)}`
    const item = `${another.id.admin}.project.${another.id.web}`
    const because = { 'x-reason': 'asked by phone' }
    const keep = { decision: 'keep' }
    await askOther(['owner', 'PUT', `${at}/items/${item}/decision`, keep])
    const inMain = `${at}/items/${another.id.admin}.project.main/decision`
    await askOther(['operator', 'PUT', inMain, keep, because])
    const { text } = await askOther(['owner', 'GET', `${at}/report`])
    const { report: header, records } = JSON.parse(text) as Told
    expect(header.startedBy).toBe(`user:${another.id.admin}`)
    const people = new Set((header.people as { id: string }[]).map((person) => person.id))
    expect(people).toEqual(new Set([another.id.owner, another.id.admin, another.id.tech]))
    const decided = records.filter(({ decidedBy }) => decidedBy !== undefined)
    const deciders = new Set(decided.map(({ decidedBy, decidedByEmail }) => ({ decidedBy, decidedByEmail })))
    expect(deciders).toEqual(
      new Set([
        { decidedBy: 'operator:ops', decidedByEmail: undefined },
        { decidedBy: `user:${another.id.owner}`, decidedByEmail: another.mail('owner') },
      ]),
    )
  })

  it('has the same content as CSV, without formulas', async () => {
    const answer = await ask(['admin', 'GET', `${path}/report?format=csv`])
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=UTF-8; header=present')
    expect(answer.text).toContain([...reportColumns, 'chain'].join())
    expect(answer.text).toContain("'=cmd|x")
    expect(answer.text).not.toMatch(/(^|,)"?[=+@-]/m)
    expect(answer.text.split('\r\n').filter((line) => line.startsWith('usr_'))).toHaveLength(9)
  })

  it.each(['json', 'csv'])('is verified, and names the record that was altered: %s', async (format) => {
    const file = await report(format)
    const signed = { customerId: scene.customerId, reviewId: review, format, records: 9 }
    expect(await verdictOn(file)).toMatchObject({ ok: true, signed })
    const altered = Buffer.from(String(file).replace('resigned', 'reassigned'))
    expect(await verdictOn(altered)).toMatchObject({ ok: false })
    expect(JSON.stringify(await verdictOn(altered))).toContain(`${id.tech} project ${id.web}`)
  })

  it('takes `review.manage`, an existing review, and one of two formats', async () => {
    const refusal = refuser(scene)
    for (const by of ['tech', 'billing'] as const) {
      expect(await refusal(by, 'GET', `${path}/report`)).toMatchObject({ status: 403 })
    }
    for (const r of ['01ARZ3NDEKTSV4RRFFQ69G5FAV', 'x', 'a%23b']) {
      const missing = await refusal('admin', 'GET', `/reviews/${r}/report`)
      expect(missing).toMatchObject({ status: 404, detail: 'There is no such review.' })
    }
    const errors = [{ pointer: 'format', detail: 'must be json or csv' }]
    expect(await refusal('admin', 'GET', `${path}/report?format=pdf`)).toMatchObject({ status: 400, errors })
  })
})

it('is unavailable without a signing key', async () => {
  const keyless = await seedScene(await startWorld({ reportKeys: '{}' }))
  const at = `/reviews/${await keyless.review()}/report`
  const answer = await requester(keyless)(['admin', 'GET', at])
  expect([answer.status, answer.body.code]).toEqual([503, 'unavailable'])
})
