import { beforeAll, describe, expect, it } from 'vitest'
import { routes } from '../../../functions/api/routes.ts'
import { because, type ChangeRequest, changes, type Scene, seedScene, send } from './changes.ts'
import { taggedPlace } from './tagged-place.ts'
import { type Answer, startWorld } from './world.ts'

const world = await startWorld()
const changing = routes.filter((route) => route.changes)
const untold = ['retryDelivery', 'setMailPreference']
const unread = [
  'suspendCustomer',
  'resumeCustomer',
  'closeCustomer',
  'changeUserType',
  'inviteUser',
  'setMailPreference',
  'acceptOwnership',
  'forceOwnership',
  'decideReviewItem',
  'applyReview',
  'cancelReview',
  'retryDelivery',
]
const neverOperators = ['offerOwnership', 'acceptOwnership', 'setMailPreference']

it('each changing route is tried here', () => {
  expect(Object.keys(changes).sort()).toEqual(changing.map(({ id }) => id).sort())
})

const withBody = changing.filter(({ body }) => body)
const withIfMatch = changing.filter(({ ifMatch }) => ifMatch)
const required = changing.filter(({ ifMatch }) => ifMatch === 'required')

describe.each(changing)('$id', ({ id, response: answer }) => {
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
    shown = await world.ask(first.headers.get('location') ?? request.path, scene.token.operator)
    events = (await told(scene)).filter((event) => !before.has(event.id))
  })

  it('answers as it says', () => {
    expect(first.status).toBe(answer.alsoStatus ?? answer.status)
    expect(first.headers.has('etag')).toBe(answer.etag === true)
    expect(first.headers.has('location')).toBe(answer.location === true)
    expect(first.text === '').toBe(answer.status === 204)
  })

  it('is followed by a GET that says the same', () => {
    const isShown = answer.etag && !unread.includes(id)
    const said = isShown ? [shown.text, shown.headers.get('etag')] : [first.text, first.headers.get('etag')]
    expect(said).toEqual([first.text, first.headers.get('etag')])
  })

  it('shows with dryRun what the event then tells, and changes nothing', () => {
    expect([dry.status, written[0]]).toEqual([200, []])
    expect(unnamed(dry.body.changes, scene)).toEqual(unnamed(events[0]?.changes ?? [], scene))
  })

  it('happens once for a key, and is answered alike', () => {
    expect(essence(again)).toEqual(essence(first))
    expect([written[1]?.length, written[2]]).toEqual([1, []])
  })

  it('is told in one event, with its reason', () => {
    expect(events).toMatchObject(untold.includes(id) ? [] : [{ reason: 'a reason' }])
  })

  it('happens once for several of the same at once', async () => {
    const { scene: own, request } = await prepare(id)
    const before = await told(own)
    const once = () => send(own, request, { 'idempotency-key': keyOf(own) })
    const answers = await Promise.all([once(), once(), once()])
    expect(new Set(answers.map((each) => JSON.stringify(essence(each)))).size).toBe(1)
    expect(answers[0].status).toBe(answer.alsoStatus ?? answer.status)
    expect((await told(own)).length - before.length).toBe(untold.includes(id) ? 0 : 1)
  })
})

it.each(changing.filter(({ path }) => path.includes('{c}')))(
  '$id is refused at a closed customer',
  async ({ id }) => {
    const { scene, request } = await prepare(id)
    await world.event('customer.closed', { customerId: scene.customerId })
    const byOperator = await send(scene, { ...request, token: scene.token.operator }, because)
    expect(byOperator.body.code).toBe(neverOperators.includes(id) ? 'forbidden' : 'conflict')
    const byItself = await send(scene, request)
    const isOperators = request.token === scene.token.operator
    expect(byItself.body.code).toBe(isOperators ? 'conflict' : 'forbidden')
  },
)

describe('refused, without a trace, is', () => {
  const before = new Map<string, unknown[]>()
  const prepared = new Map<string, Prepared>()
  beforeAll(async () => {
    for (const { id } of changing) {
      const each = await prepare(id)
      prepared.set(id, each)
      before.set(id, await told(each.scene))
    }
  })
  const of = (id: string): Prepared => prepared.get(id) ?? nothingTries(id)

  const queries = ['dryRun=1', 'dryRun=', 'dryRun=true&dryRun=true', 'x=1']
  it.each(changing)('the query of $id', async ({ id }) => {
    const { scene, request } = of(id)
    for (const query of queries) {
      const refused = await send(scene, { ...request, path: `${request.path}?${query}` })
      expect([refused.status, refused.body.errors]).toMatchObject([400, [{ pointer: query.split('=')[0] }]])
    }
  })

  it.each(changing)('an operator who gives no reason for $id', async ({ id }) => {
    const { scene, request } = of(id)
    const headers = without('x-reason', request)
    const refused = await send(scene, { ...request, headers, token: scene.token.operator })
    const missing = [{ pointer: 'X-Reason', detail: 'is missing: operators say why they change something' }]
    const expected = neverOperators.includes(id) ? [403, undefined] : [400, missing]
    expect([refused.status, refused.body.errors]).toEqual(expected)
  })

  it.each(withIfMatch)('If-Match of $id that is stale or none', async ({ id }) => {
    const { scene, request } = of(id)
    for (const [tag, status, code] of [
      ['"stale"', 412, 'stale'],
      ['W/"weak"', 412, 'stale'],
      ['stale', 400, 'invalid-request'],
      ['"a" "b"', 400, 'invalid-request'],
      ['', 400, 'invalid-request'],
    ] as const) {
      const refused = await send(scene, request, { 'if-match': tag })
      expect([refused.status, refused.body.code]).toEqual([status, code])
    }
  })

  it.each(required)('$id without If-Match, or with *', async ({ id }) => {
    const { scene, request } = of(id)
    const headers = without('if-match', request)
    for (const more of [{}, { 'if-match': '*' }]) {
      const refused = await send(scene, { ...request, headers }, more)
      expect([refused.status, refused.body.code]).toEqual([428, 'precondition-required'])
    }
  })

  it.each(changing)('a body of $id that is no such object', async ({ id }) => {
    const { scene, request } = of(id)
    for (const body of ['[]', '[{}]', 'null', '{', '{"a":1,"a":1}', '{"a":1}']) {
      expect((await send(scene, { ...request, body })).status).toBe(400)
    }
  })

  it.each(withBody)('any other field of $id, by name', async ({ id }) => {
    const { scene, request } = of(id)
    for (const [name, pointer] of [
      ['other', '/other'],
      ['constructor', '/constructor'],
      ['a/b~', '/a~1b~0'],
    ] as const) {
      const refused = await send(scene, { ...request, body: { ...Object(request.body), [name]: 1 } })
      expect(refused.status).toBe(400)
      expect(refused.body.errors).toContainEqual({ pointer, detail: 'is not known here' })
    }
  })

  it.each(withBody)('$id without a body, with one that is too large or not JSON', async ({ id }) => {
    const { scene, request } = of(id)
    expect((await send(scene, { ...request, body: '' })).status).toBe(400)
    expect((await send(scene, { ...request, body: `{"a":"${'x'.repeat(300_000)}"}` })).status).toBe(413)
    expect((await send(scene, request, { 'content-type': 'text/plain' })).status).toBe(415)
  })

  it.each(changing)('all of it: $id', async ({ id }) => {
    expect(await told(of(id).scene)).toEqual(before.get(id))
  })
})

describe('If-Match', () => {
  it.each(withIfMatch)(
    'of $id takes the ETag that was seen, as one of several',
    async ({ id, response: answer }) => {
      const { scene, request } = await prepare(id)
      const given = request.headers?.['if-match']
      const seen =
        given ??
        (await world.ask(taggedPlace(request), scene.token.operator)).headers.get('etag') ??
        undefined
      const reply = await send(scene, request, { 'if-match': `"x", ${seen ?? '"none"'}` })
      expect(reply.status).toBe(seen === undefined ? 412 : answer.status)
    },
  )

  it.each(withIfMatch.filter(({ ifMatch }) => ifMatch === 'honoured'))(
    'of $id may be * where there is something',
    async ({ id, response: answer }) => {
      const { scene, request } = await prepare(id)
      const reply = await send(scene, request, { 'if-match': '*' })
      expect(reply.status).toBe(answer.alsoStatus ? 412 : answer.status)
    },
  )
})

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

it.each(changing.filter(({ body }) => !body))('$id takes {} for no body', async ({ id }) => {
  const { scene, request } = await prepare(id)
  expect((await send(scene, { ...request, body: '{}' })).status).toBeLessThan(300)
})

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

function without(name: string, { headers = {} }: ChangeRequest): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name))
}
