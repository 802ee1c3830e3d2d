import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseEvent } from '../../functions/webhooks/parse-event.ts'
import { acme, mail, seedAcme } from '../functions/api/acme.ts'
import { startWorld } from '../functions/api/world.ts'
import { root } from '../support/tally.ts'

const folder = join(root, 'test/client')
const run = (...args: string[]) => {
  execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', stdio: 'pipe', env: process.env })
}

/** Generated each time, and ignored by git. */
run(
  join(folder, 'node_modules/openapi-typescript/bin/cli.js'),
  'functions/api/openapi.json',
  '--output',
  join(folder, 'openapi.ts'),
)
/** Parts of `test/client/calls.ts`, which the compiler can read only with the generated types. */
type Client = {
  createCalls: (fetch: (request: Request) => Promise<Response>, token: string, c: string) => Calls
  delivery: object
}
type Decided = { decision: boolean; context: { reason?: { code: string } } }
type Calls = {
  read: () => Promise<string>
  listAll: () => Promise<{ email: string }[]>
  create: (name: string) => Promise<{ id: string; etag: string }>
  tryToCreate: (name: string) => Promise<object[]>
  createBadly: () => Promise<{ errors?: object[] } | undefined>
  put: (project: string, user: string) => Promise<object>
  patch: (project: string, etag: string, description: string) => Promise<object>
  tryToPatch: (project: string, description: string) => Promise<object[]>
  remove: (project: string, etag: string) => Promise<number>
  removeBlindly: (project: string) => Promise<object | undefined>
  decide: (email: string, names: string[]) => Promise<Decided[]>
  decideBadly: () => Promise<string | undefined>
  export: () => Promise<string>
  report: (review: string) => Promise<object | undefined>
}
const client: Client = await import(join(folder, 'calls.ts'))
const { createCalls, delivery } = client

const world = await startWorld()
await seedAcme(world)
const fetch = async (request: Request) => world.app.fetch(request)
const owner = createCalls(fetch, await world.person(mail('owner')), acme)
const operator = createCalls(fetch, await world.operator(), acme)
const checker = createCalls(fetch, await world.check(), acme)

test('calls of each kind have the generated types, and the compiler refuses wrong ones', () => {
  expect(() => run(join(root, 'node_modules/typescript/bin/tsc'), '--project', folder)).not.toThrow()
})

test('a resource is read, and a list page by page', async () => {
  expect(await owner.read()).toBe('Acme')
  const users = await owner.listAll()
  expect(users.map(({ email }) => email)).toContain(mail('tech'))
  expect(users.length).toBe(6)
})

test('a project is created, granted, and changed with its ETag', async () => {
  const { id, etag } = await owner.create('client')
  const user = await world.userId(acme, mail('tech'))
  expect(await owner.put(id, user)).toMatchObject({ projectId: id, roles: ['compute:operate'] })
  expect(await owner.patch(id, etag, 'By a client')).toMatchObject({ description: 'By a client' })
  await expect(owner.patch(id, etag, 'By another')).rejects.toThrow('If-Match')
  expect(await owner.removeBlindly(id)).toMatchObject({ status: 428, code: 'precondition-required' })
})

test('a deletion is answered without a body', async () => {
  const { id, etag } = await owner.create('short-lived')
  expect(await owner.remove(id, etag)).toBe(204)
})

test('a dry run lists the changes', async () => {
  expect(await owner.tryToCreate('blog')).toMatchObject([{ resource: { type: 'project' } }])
  const project = await world.projectId(acme, 'web')
  expect(await owner.tryToPatch(project, 'Shoes')).toMatchObject([{ after: { description: 'Shoes' } }])
})

test('a refusal is a problem with pointers', async () => {
  const problem = await owner.createBadly()
  expect(problem).toMatchObject({ status: 400, code: 'invalid-request' })
  expect(problem?.errors).toEqual([{ pointer: '/name', detail: 'is missing' }])
})

test('several decisions come in their order, with reasons; a refusal is a text', async () => {
  const decisions = await checker.decide(mail('tech'), ['billing.read', 'account.fly'])
  expect(decisions.map(({ decision, context }) => [decision, context.reason?.code])).toEqual([
    [false, expect.any(String)],
    [false, 'unknown-action'],
  ])
  expect(await checker.decideBadly()).toContain('/subject')
})

test('an export is text, and a missing report is a problem', async () => {
  const lines = (await operator.export()).trim().split('\n')
  expect(lines.map((line) => JSON.parse(line).type)).toContain('membership')
  expect(await owner.report('01JDCMKQ0000000000000000AB')).toMatchObject({ status: 404, code: 'not-found' })
})

test('a delivery of the generated type is parsed', () => {
  expect(parseEvent(Buffer.from(JSON.stringify(delivery)))).toMatchObject({ customerId: acme })
})
