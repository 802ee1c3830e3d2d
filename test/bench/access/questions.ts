import { eventOf } from '../../functions/api/fuzz/send-in-process.ts'
import { createIds, randomQuestion } from '../../support/questions.ts'
import { Random } from '../../support/random.ts'
import type { Table } from '../../../shared/table/table.ts'
import type { TimedEvent } from '../../support/timeline.ts'

/** Random questions about who and what there is, as API Gateway hands them over. */
export async function questionsAbout(
  history: readonly TimedEvent[],
  { table, token, count }: { table: Table; token: string; count: number },
): Promise<object[]> {
  const random = new Random(20_261_128)
  const ids = createIds(table)
  const events: object[] = []
  for (let each = 0; each < count; each++) {
    const { customerId, email, action, resource } = randomQuestion(random, history)
    const { type, id } = resource
    const named = type === 'user' || type === 'project' ? await ids[type](customerId, id) : id
    const question = {
      subject: { type: 'user', id: await ids.user(customerId, email) },
      action: { name: action },
      resource: { type, id: named },
    }
    const draft = {
      method: 'POST',
      target: `/v1/customers/${customerId}/access/v1/evaluation`,
      headers: headersOf(token),
      body: Buffer.from(JSON.stringify(question)),
    }
    events.push(eventOf(draft, 'as sent'))
  }
  return events
}

/** What a client sends and API Gateway adds. */
const headersOf = (token: string): [string, string][] => [
  ['authorization', `Bearer ${token}`],
  ['content-type', 'application/json'],
  ['accept', 'application/json'],
  ['accept-encoding', 'gzip, deflate'],
  ['host', 'latchkey.test'],
  ['user-agent', 'panel/1.0'],
  ['x-amzn-trace-id', 'Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e'],
  ['x-forwarded-for', '192.0.2.1'],
  ['x-forwarded-port', '443'],
  ['x-forwarded-proto', 'https'],
]
