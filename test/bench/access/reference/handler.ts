import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { BatchGetCommand, DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { handle } from 'hono/aws-lambda'
import { HTTPException } from 'hono/http-exception'
import { requestId } from 'hono/request-id'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { readDecisionFacts } from '../../../../shared/directory/facts/decision-facts.ts'
import { decide } from '../../../../shared/domain/access/decide.ts'
import { instantOf } from '../../../../shared/domain/values/instant.ts'
import { type Item } from '../../../../shared/table/item.ts'
import { keyText } from '../../../../shared/table/keys.ts'
import { type Position, queryInput } from '../../../../shared/table/query.ts'
import type { Reads } from '../../../../shared/table/table.ts'

/**
 * The decision point built the usual way, each part as it comes: Hono with zod-openapi, jose with the issuer's keys by
 * `fetch`, the SDK's document client. Rights and keys are ours, so that the answers are the same; what differs is around them.
 */
const { TABLE_NAME = '', AUTH_ISSUER = '', AUTH_AUDIENCE = '' } = process.env

const documents = DynamoDBDocumentClient.from(new DynamoDBClient())
const keySet = createRemoteJWKSet(new URL(`${AUTH_ISSUER}/jwks`))

const reads: Reads = {
  async getMany(keys) {
    const found = new Map<string, Item>()
    const RequestItems = { [TABLE_NAME]: { Keys: [...keys], ConsistentRead: true } }
    const { Responses } = await documents.send(new BatchGetCommand({ RequestItems }))
    for (const item of (Responses?.[TABLE_NAME] ?? []) as Item[]) found.set(keyText(item), item)
    return keys.map((key) => found.get(keyText(key)))
  },
  async queryPage(query) {
    const { values, after, ...input } = queryInput(TABLE_NAME, query)
    const command = {
      ...input,
      ExpressionAttributeValues: values,
      ...(after && { ExclusiveStartKey: after }),
    }
    const { Items, LastEvaluatedKey } = await documents.send(new QueryCommand(command))
    return { items: (Items ?? []) as Item[], next: LastEvaluatedKey as Position | undefined }
  },
}

const properties = z.record(z.string(), z.unknown()).optional()
const Entity = z.object({ type: z.string(), id: z.string(), properties }).openapi('Entity')
const Action = z.object({ name: z.string(), properties }).openapi('Action')
const Question = z
  .object({
    subject: Entity,
    action: Action,
    resource: Entity,
    context: z.record(z.string(), z.unknown()).optional(),
  })
  .openapi('Question')
const texts = z.array(z.string()).optional()
const text = z.string().optional()
const Reason = z
  .object({ code: z.string(), grant: text, roles: texts, capabilities: texts, needed: text })
  .openapi('Reason')
const Decision = z
  .object({ decision: z.boolean(), context: z.object({ reason: Reason }) })
  .openapi('Decision')

const route = createRoute({
  method: 'post',
  path: '/v1/customers/{c}/access/v1/evaluation',
  request: {
    params: z.object({ c: z.string() }),
    body: { required: true, content: { 'application/json': { schema: Question } } },
  },
  responses: { 200: { description: 'The decision.', content: { 'application/json': { schema: Decision } } } },
})

const app = new OpenAPIHono()
app.use(requestId())
app.use(async (c, next) => {
  const start = Date.now()
  await next()
  const { method, path } = c.req
  const line = {
    requestId: c.get('requestId'),
    method,
    path,
    status: c.res.status,
    durationMs: Date.now() - start,
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
})
app.use('/v1/*', async (c, next) => {
  const token = c.req.header('authorization')?.replace(/^Bearer /, '') ?? ''
  try {
    await jwtVerify(token, keySet, { issuer: AUTH_ISSUER, audience: AUTH_AUDIENCE, typ: 'at+jwt' })
  } catch {
    throw new HTTPException(401)
  }
  await next()
})
app.openapi(route, async (c) => {
  const { c: customerId } = c.req.valid('param')
  const { subject, action, resource } = c.req.valid('json')
  const who = subject.type === 'user' ? { userId: subject.id } : { email: subject.id }
  const now = instantOf(new Date())
  const [facts] = await readDecisionFacts(reads, { customerId, now }, [{ subject: who, resource }])
  if (!facts) throw new HTTPException(500)
  const { allowed, reason } = decide(facts, action.name, resource)
  const { roles, capabilities, ...rest } = { roles: undefined, capabilities: undefined, ...reason }
  const lists = {
    ...(roles && { roles: [...roles] }),
    ...(capabilities && { capabilities: [...capabilities] }),
  }
  return c.json({ decision: allowed, context: { reason: { ...rest, ...lists } } }, 200)
})

export const handler = handle(app)
