import { beforeAll, describe, expect, it } from 'vitest'
import { documentedRoutes as routes } from '../../../../infra/openapi/documented.ts'
import { type ChangeRequest, changes, type Scene, seedScene, send } from '../changes.ts'
import { taggedPlace } from './tagged-place.ts'
import { type Answer, startWorld } from '../world.ts'

const world = await startWorld()
const changing = routes.filter((route) => route.changes)
/** Changes of no customer's: its audit events don't mention them. */
const unaudited = ['retryDelivery', 'setMailPreference']
const neverOperators = ['offerOwnership', 'acceptOwnership', 'setMailPreference']

it('each changing route is tried here', () => {
  expect(Object.keys(changes).sort()).toEqual(changing.map(({ id }) => id).sort())
})

describe.each(changing)('$id', ({ id, response: answer, body }) => {
  let scene: Scene
  let dry: Answer
  let first: Answer
  let again: Answer
  let shown: Answer
  let written: string[][]
  let events: Record<string, unknown>[]

  beforeAll(async () => {
    let request: ChangeRequest
    ;({ scene, request } = await prepare(id))
    const before = new Set((await told(scene)).map((event) => event.id))
    const key = { 'idempotency-key': keyOf(scene), 'x-reason': ' a reason ' }
    const replies = [{ ...request, path: `${request.path}?dryRun=true` }, request, request]
    written = []
    const answers: Answer[] = []
    for (const each of replies) {
      const sent = await world.requestsOf(async () => answers.push(await send(scene, each, key)))
      written.push(sent.map(({ operation }) => operation).filter((operation) => /Write|Put/.test(operation)))
    }
    ;[dry, first, again] = answers as [Answer, Answer, Answer]
    shown = await world.ask(first.headers.get('location') ?? shownAt(id, request, scene), readerOf(id, scene))
    events = (await told(scene)).filter((event) => !before.has(event.id))
  })

  it('answers as it says', () => {
    expect(first.status).toBe(answer.alsoStatus ?? answer.status)
    expect(first.headers.has('etag')).toBe(answer.etag === true)
    expect(first.headers.has('location')).toBe(answer.location === true)
    expect(first.text === '').toBe(answer.status === 204)
  })

  it.each([answer].filter(({ etag }) => etag))('is followed by a GET that shows the same', () => {
    expect([shown.body, shown.headers.get('etag')]).toEqual([first.body, first.headers.get('etag')])
  })

  it('shows with dryRun what the event then lists, and changes nothing', () => {
    expect([dry.status, written[0]]).toEqual([200, []])
    expect(unnamed(dry.body.changes, scene)).toEqual(unnamed(events[0]?.changes ?? [], scene))
  })

  it('happens once for a key, and is answered alike', () => {
    expect(essence(again)).toEqual(essence(first))
    expect([written[1]?.length, written[2]]).toEqual([1, []])
  })

  it('is recorded in one event, with its reason', () => {
    expect(events).toMatchObject(unaudited.includes(id) ? [] : [{ reason: 'a reason' }])
  })

  it('happens once for several of the same at once', async () => {
    const { scene: own, request } = await prepare(id)
    const before = await told(own)
    // `{}` is no body.
    const sent = body ? request : { ...request, body: '{}' }
    const once = () => send(own, sent, { 'idempotency-key': keyOf(own) })
    const answers = await Promise.all([once(), once(), once()])
    expect(new Set(answers.map((each) => JSON.stringify(essence(each)))).size).toBe(1)
    expect(answers[0].status).toBe(answer.alsoStatus ?? answer.status)
    expect((await told(own)).length - before.length).toBe(unaudited.includes(id) ? 0 : 1)
  })
})

it.each(changing)('$id is refused, without a trace, when anything is wrong with it', async ({ id, body }) => {
  const { scene, request } = await prepare(id)
  const before = await told(scene)
  for (const [wrong, status, errors] of [
    ...refusals(id, request, scene.token.operator),
    ...(body ? refusedBodies(request) : []),
  ]) {
    const refused = await send(scene, { ...request, ...wrong })
    expect({ wrong, status: refused.status }).toEqual({ wrong, status })
    expect(refused.body.errors).toEqual(errors ?? refused.body.errors)
  }
  expect(await told(scene)).toEqual(before)
})

/** One thing about a request that is wrong, and how it's refused. */
type Refusal = [wrong: Partial<ChangeRequest>, status: number, errors?: unknown]

function refusals(id: string, request: ChangeRequest, operator: string): Refusal[] {
  const { path, headers: { 'x-reason': _, ...headers } = {} } = request
  const noReason = [{ pointer: 'X-Reason', detail: 'is missing: operators say why they change something' }]
  const asOperator = { headers, token: operator }
  return [
    neverOperators.includes(id) ? [asOperator, 403] : [asOperator, 400, noReason],
    ...['dryRun=1', 'dryRun=', 'dryRun=true&dryRun=true', 'x=1'].map((query): Refusal => {
      const pointer = query.split('=')[0]
      return [{ path: `${path}?${query}` }, 400, [{ pointer, detail: expect.any(String) }]]
    }),
    ...['[]', '[{}]', 'null', '{', '{"a":1,"a":1}', '{"a":1}'].map((body): Refusal => [{ body }, 400]),
  ]
}

function refusedBodies({ headers, body }: ChangeRequest): Refusal[] {
  const others = { other: '/other', constructor: '/constructor', 'a/b~': '/a~1b~0' }
  return [
    [{ body: '' }, 400],
    [{ body: `{"a":"${'x'.repeat(300_000)}"}` }, 413],
    [{ headers: { ...headers, 'content-type': 'text/plain' } }, 415],
    ...Object.entries(others).map(([name, pointer]): Refusal => {
      const unknown = { pointer, detail: 'is not known here' }
      return [{ body: { ...Object(body), [name]: 1 } }, 400, expect.arrayContaining([unknown])]
    }),
  ]
}

it.each(changing.filter(({ response }) => response.alsoStatus))(
  '$id of what is there is answered with 200',
  async ({ id }) => {
    const { scene, request } = await prepare(id)
    const [first, second] = [await send(scene, request), await send(scene, request)]
    expect([first.status, second.status]).toEqual([201, 200])
    const matched = await send(scene, request, { 'if-match': second.headers.get('etag') ?? '' })
    expect(matched.status).toBe(200)
  },
)

type Prepared = { scene: Scene; request: ChangeRequest }

async function prepare(id: string): Promise<Prepared> {
  const scene = await seedScene(world)
  const make = changes[id] ?? nothingTries(id)
  return { scene, request: await make(scene) }
}

function nothingTries(id: string): never {
  throw new Error(`nothing tries ${id}`)
}

/** An operator's keys are good for all customers. */
const keyOf = ({ customerId }: Scene) => `key-${customerId}`

/** All that was told of the scene and of the customer that it may create. */
async function told(scene: Scene) {
  const created = scene.at.replace('SCN', 'NEW')
  return (await Promise.all([scene.events(), scene.events(created)])).flat()
}

/** Without the ids that are made at commit. */
function unnamed(value: unknown, scene: Scene): unknown {
  const known = new Set(Object.values(scene.id))
  const text = JSON.stringify(value).replaceAll(/\b(?:(?:usr|prj)_)?[0-9A-Z]{26}\b/g, (id) =>
    known.has(id) ? id : 'new',
  )
  return JSON.parse(text)
}

function essence({ status, headers, text }: Answer) {
  return { status, text, etag: headers.get('etag'), location: headers.get('location') }
}

/** The place of what the answer shows: accepting the ownership shows the customer. */
const shownAt = (id: string, request: ChangeRequest, { at }: Scene): string =>
  id === 'acceptOwnership' ? at : taggedPlace(request)

/** A mailbox is its person's alone. */
function readerOf(id: string, { token }: Scene): string {
  return id === 'setMailPreference' ? token.tech : token.operator
}
