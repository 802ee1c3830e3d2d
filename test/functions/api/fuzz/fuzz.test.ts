import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claimPort } from '../../../../infra/local/server.ts'
import { isLong, runs, seedFrom } from '../../../support/long.ts'
import { operations } from './document.ts'
import { anyDraft, draftWithBody } from './kinds.ts'
import { Scene } from './scene.ts'
import { startService } from './service.ts'
import { Session } from './session.ts'
import { wrongInTable } from './whole-table.ts'
import { framings } from './wire.ts'

const paths = [...new Set(operations.map(({ path }) => path))]
const total = runs(8 * paths.length, 15 * paths.length)
const most = 5
/** Need a signed link, a state that seldom lasts, or two ids that fit; a long run may miss them. */
const rarelySucceed = 'askAboutMail optOutOfMail applyReview closeCustomer inviteUser readAssignment'.split(
  ' ',
)

const service = await startService()
const scene = new Scene(service)
const server = await claimPort(0)
server.serve({
  api: service.app,
  access: service.app,
  webhooks: service.app,
  issuer: (_request, response) => response.end(),
  clock: service.app,
})
afterAll(server.stop)
const seed = seedFrom(1)
const session = new Session(service, scene, server.port, seed)

beforeAll(async () => {
  while (scene.places.length < 6) await scene.add()
})

const found = () => session.findings.splice(0).join('\n\n')

describe('hostile requests', () => {
  it(`${total} requests are answered as the document says, and disclose nothing internal`, async () => {
    for (let count = 1; count <= total && session.findings.length < most; count++) {
      await session.send(anyDraft)
      // Some customers come to an end on the way.
      if (count % 200 === 0) await scene.add()
    }
    expect(found()).toBe('')
  }, 3_600_000)

  it('requests whose bytes are odd are, too, where they are requests at all', async () => {
    for (let round = 1; round <= runs(1) && session.findings.length < most; round++) {
      for (const framing of Object.keys(framings)) await session.sendFramed(draftWithBody, framing)
    }
    expect(found()).toBe('')
  }, 3_600_000)

  it('they got everywhere', () => {
    const statuses = [200, 201, 204, 304, 400, 401, 403, 404, 405, 409, 412, 413, 415, 428]
    // A key that comes again with another body takes many requests.
    if (isLong) statuses.push(422)
    const unseen = statuses.filter((status) => !session.statuses.has(status))
    const seldom = paths.filter((path) => (session.spelled.get(path) ?? 0) < (isLong ? 12 : 1))
    const never = operations.filter(({ id }) => !session.succeeded.has(id) && !rarelySucceed.includes(id))
    const missed = [...unseen, ...seldom, ...(isLong ? never.map(({ id }) => id) : [])]
    expect({ seed, missed }).toEqual({ seed, missed: [] })
  })

  it('the server goes on answering', async () => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/healthz`)
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }])
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  it('every invariant holds at every customer', async () => {
    const { customers, wrong } = wrongInTable(await service.readAll())
    expect(wrong).toEqual([])
    expect(customers).toBeGreaterThanOrEqual(scene.places.length)
  })
})
