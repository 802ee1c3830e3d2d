import { beforeAll, describe, expect, it } from 'vitest'
import { routes } from '../../../../functions/api/routes.ts'
import { changeAt, type ChangeRequest, type Scene, seedScene, send } from '../changes.ts'
import { sender } from '../grants/sending.ts'
import { taggedPlace } from './route-requests.ts'
import { type Answer, startWorld } from '../world.ts'

const world = await startWorld()
const { digest } = world
const { sending } = sender(world)
const changing = routes.filter((route) => route.changes)

/** Where what was asked for can't be asked for a second time: what that is answered. */
const refused: Record<string, number> = {
  createCustomer: 409,
  closeCustomer: 409,
  createUser: 409,
  deleteUser: 404,
  unlinkLogin: 404,
  withdrawOwnership: 404,
  acceptOwnership: 403,
  forceOwnership: 409,
  createProject: 409,
  deleteProject: 404,
  removeMember: 404,
  deleteServer: 404,
  removeAssignment: 404,
  startReview: 409,
  applyReview: 409,
  cancelReview: 409,
}
/** An offer and an invitation run from when they're made: the same again is another one. */
const anew = ['offerOwnership', 'inviteUser']
/** What is somebody's own at all customers has no operator, and outlives a customer. */
const personal = 'setMailPreference'

type Prepared = { scene: Scene; request: ChangeRequest; first: Answer; etag: string | undefined }

const prepared = new Map<string, Prepared>()
let before: string

beforeAll(async () => {
  for (const { id } of changing) prepared.set(id, await prepare(id))
  // Time has passed, which nothing may show.
  world.setTime(new Date(world.now().getTime() + 1000))
  before = await digest()
}, 60_000)

const again = changing.filter(({ id }) => !anew.includes(id))
const repeatable = again.filter(({ id }) => refused[id] === undefined && id !== personal)

it.each(again)('$id, the same again, writes nothing', async ({ id, response: answer }) => {
  const { scene, request, first } = of(id)
  expect(first.status).toBe(answer.alsoStatus ?? answer.status)
  const { answers, writes } = await sending(() => send(scene, request))
  expect([answers[0]?.status, writes]).toEqual([refused[id] ?? answer.status, []])
  expect(essence(answers[0])).toEqual(essence(refused[id] === undefined ? first : answers[0]))
})

describe.each(repeatable)('$id, where it changes nothing', ({ id, response: answer }) => {
  it('shows nothing to a dry run', async () => {
    const { scene, request } = of(id)
    const dry = await send(scene, { ...request, path: `${request.path}?dryRun=true` })
    expect([dry.status, dry.body]).toEqual([200, { changes: [] }])
  })

  it('heeds preconditions, the body and reasons all the same', async () => {
    const { scene, request, etag = '' } = of(id)
    const { 'x-reason': _, ...unexplained } = request.headers ?? {}
    const byOperator = { ...request, token: scene.token.operator, headers: unexplained }
    const { answers } = await sending(
      () => send(scene, request, { 'if-match': '"stale"' }),
      () => send(scene, request, { 'if-none-match': '*' }),
      () => send(scene, request, { 'if-none-match': etag }),
      () => send(scene, { ...request, body: { other: 1 } }),
      () => send(scene, byOperator),
      () => send(scene, request, { 'if-none-match': '"other"' }),
    )
    expect(answers.map(({ status }) => status)).toEqual([412, 412, 412, 400, 400, answer.status])
  })

  it('is refused to who may not', async () => {
    const { scene, request } = of(id)
    const token = await world.person('nobody@scene.example')
    expect([403, 404]).toContain((await send(scene, { ...request, token })).status)
  })
})

it('nothing of all that has left a trace', async () => {
  expect(await digest()).toBe(before)
})

describe.each(repeatable)('the key of $id, where it changes nothing', ({ id }) => {
  it('is all that is kept, and gets the first answer whatever becomes of it', async () => {
    const { scene, request } = of(id)
    const key = { 'idempotency-key': `again-${scene.customerId}` }
    const events = await scene.events()
    const { answers, writes } = await sending(
      () => send(scene, request, key),
      () => send(scene, request, key),
    )
    expect(writes).toHaveLength(1)
    expect(await scene.events()).toEqual(events)
    await world.event('customer.closed', { customerId: scene.customerId })
    expect(essence(await send(scene, request, key))).toEqual(essence(answers[0]))
    expect(essence(answers[1])).toEqual(essence(answers[0]))
  })
})

async function prepare(id: string): Promise<Prepared> {
  const scene = await seedScene(world)
  const made = await changeAt(scene, id)
  const first = await send(scene, made)
  const etag = (await scene.etagAt(taggedPlace(made), scene.token.operator)) || undefined
  const fresh = made.headers?.['if-match'] !== undefined && { 'if-match': etag ?? '"gone"' }
  // Who has become a tech changes nobody's type.
  const token = id === 'changeUserType' ? scene.token.owner : made.token
  return { scene, request: { ...made, token, headers: { ...made.headers, ...fresh } }, first, etag }
}

function of(id: string): Prepared {
  const found = prepared.get(id)
  if (!found) throw new Error(`${id} was not prepared`)
  return found
}

function essence(answer: Answer | undefined) {
  const status = answer?.status === 201 ? 200 : answer?.status
  return { status, body: answer?.body, etag: answer?.headers.get('etag') }
}
