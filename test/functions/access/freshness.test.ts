import { describe, expect, it } from 'vitest'
import { runs, seed } from '../../support/long.ts'
import { Random } from '../../support/random.ts'
import { type Lag, staleTable } from '../../support/stale-table.ts'
import { createConsistencyTokens } from '../../../shared/auth/consistency-token.ts'
import { acme, mail, other, startAcme } from '../api/acme.ts'

const random = new Random(seed)
const lag: Lag = { random, most: 0 }
const { world, at, ids } = await startAcme({ interpose: (table) => staleTable(table, lag) })
const { tech, client, web, early } = ids

const replicated = 59_000
const anHour = 3_600_000
const rounds = runs(25, 100)

const pass = (milliseconds: number) => world.setTime(new Date(world.now().getTime() + milliseconds))

type Asked = { user?: string; project?: string; subject?: object; token?: string | undefined }

/** Whether the decision point allows to read compute there, by reads that may be stale. */
async function isAllowed({ user = tech, project = web, subject, token }: Asked): Promise<unknown> {
  const { status, body } = await world.post(
    `${at}/access/v1/evaluation?consistency=eventual`,
    await world.check(),
    {
      subject: subject ?? { type: 'user', id: user },
      action: { name: 'compute.read' },
      resource: { type: 'project', id: project },
    },
    token === undefined ? {} : { 'x-consistency-token': token },
  )
  expect(status).toBe(200)
  return body.decision
}

async function change(method: string, path: string, body?: object): Promise<string> {
  const tagged = path.endsWith('/type')
    ? await world.ask(`${at}/users/${tech}`, await world.operator())
    : undefined
  const etag = tagged?.headers.get('etag')
  const headers = { 'x-reason': 'a test', ...(etag && { 'if-match': etag }) }
  const answer = await world.send(method, `${at}${path}`, await world.operator(), body, headers)
  expect([200, 201, 204]).toContain(answer.status)
  return answer.headers.get('x-consistency-token') ?? ''
}

const member = (user: string, project = web) => `/projects/${project}/members/${user}`
const grant = (user: string, project?: string) => change('PUT', member(user, project), { roles: ['full'] })
const revoke = (user: string, project?: string) => change('DELETE', member(user, project))

describe('a decision by reads that lag behind', () => {
  it.each([
    ['less than the time of replication', replicated],
    // What the token names is found to be older, whatever DynamoDB does.
    ['more than that', anHour],
  ])('never allows what was revoked before the token: %s', async (_lag, most) => {
    const wrong: unknown[] = []
    let staleWithout = 0
    for (let round = 0; round < rounds; round++) {
      await grant(tech)
      pass(most + 1)
      lag.most = most
      const token = await revoke(tech)
      pass(random.pick([0, 1, random.below(replicated), replicated + 1000, random.below(2 * most)]))
      if (await isAllowed({ token })) wrong.push({ round, token })
      if (await isAllowed({})) staleWithout++
      lag.most = 0
    }
    expect(wrong).toEqual([])
    // The reads were stale: a token that is ignored would have been noticed.
    expect(staleWithout).toBeGreaterThan(rounds / 20)
  })

  it('with the token of the last of several changes has seen those before it too', async () => {
    const wrong: unknown[] = []
    let staleWithout = 0
    for (let round = 0; round < rounds; round++) {
      await grant(tech)
      await grant(client, early)
      pass(replicated + 1)
      lag.most = replicated
      await revoke(tech)
      pass(random.below(20_000))
      const token = await revoke(client, early)
      pass(random.pick([0, random.below(60_000), 60_000 + random.below(60_000)]))
      if (await isAllowed({ token })) wrong.push({ round, of: 'the change before' })
      if (await isAllowed({ user: client, project: early, token })) wrong.push({ round, of: 'the last one' })
      if (await isAllowed({})) staleWithout++
      lag.most = 0
    }
    expect(wrong).toEqual([])
    expect(staleWithout).toBeGreaterThan(rounds / 20)
  })

  const byEmail = { type: 'user_email', id: mail('tech') }
  it.each<[string, () => Promise<string>, Asked, () => Promise<unknown>]>([
    [
      'of a disabled user',
      () => change('PATCH', `/users/${tech}`, { status: 'disabled' }),
      {},
      () => change('PATCH', `/users/${tech}`, { status: 'active' }),
    ],
    ['of a suspended customer', () => change('POST', '/suspend'), {}, () => change('POST', '/resume')],
    [
      'of another type',
      () => change('PUT', `/users/${tech}/type`, { type: 'customer-billing' }),
      {},
      () => change('PUT', `/users/${tech}/type`, { type: 'customer-tech' }),
    ],
    [
      'of an address that was replaced',
      () => change('PATCH', `/users/${tech}`, { email: mail('moved') }),
      { subject: byEmail },
      () => change('PATCH', `/users/${tech}`, { email: mail('tech') }),
    ],
  ])('sees an older change by the items that its token names: %s', async (_of, end, asked, undo) => {
    await grant(tech)
    pass(anHour + 1)
    lag.most = anHour
    const token = await end()
    pass(replicated + 2000)
    const answers = []
    for (let each = 0; each < 20; each++) answers.push(await isAllowed({ ...asked, token }))
    lag.most = 0
    await undo()
    expect(answers).toEqual(answers.map(() => false))
  })

  it('sees a grant by its token, as well as a revocation', async () => {
    pass(anHour + 1)
    lag.most = anHour
    const token = await grant(client, early)
    pass(replicated + 2000)
    const answers = []
    for (let each = 0; each < 20; each++)
      answers.push(await isAllowed({ user: client, project: early, token }))
    lag.most = 0
    expect(answers).toEqual(answers.map(() => true))
  })
})

const sealed = (customerId: string, time: Date, secret = 'a secret of the tests') =>
  createConsistencyTokens(secret).seal(customerId, time, [])
const anHourAgo = () => new Date(world.now().getTime() - anHour)

describe('what a decision reads', () => {
  it.each([
    ['made up', () => 'x'.repeat(302)],
    ['too short', () => 'x'],
    ['empty', () => ''],
    ['as long as a header may be', () => 'x'.repeat(4000)],
    ["another customer's", () => sealed(other, anHourAgo())],
    ['of no customer', () => sealed('', anHourAgo())],
    ['of another secret', () => sealed(acme, anHourAgo(), 'the secret before this one')],
    ['from the future', () => sealed(acme, new Date(world.now().getTime() + anHour))],
    ['of a moment ago', () => sealed(acme, new Date(world.now().getTime() - replicated))],
  ])('is consistent for a token that is %s', async (_name, tokenOf) => {
    lag.most = anHour
    await grant(tech)
    pass(anHour + 1)
    await revoke(tech)
    const answers = []
    for (let each = 0; each < 10; each++) answers.push(await isAllowed({ token: tokenOf() }))
    lag.most = 0
    expect(answers).toEqual(answers.map(() => false))
  })

  const question = {
    subject: { type: 'user', id: tech },
    action: { name: 'compute.read' },
    resource: { type: 'project', id: web },
  }
  it('is told otherwise by a known word only', async () => {
    for (const query of ['?consistency=weak', '?consistency=', '?consistency=eventual&consistency=strong']) {
      const { status, body } = await world.post(
        `${at}/access/v1/evaluation${query}`,
        await world.check(),
        question,
      )
      expect([status, typeof body]).toEqual([400, 'string'])
    }
  })
})
