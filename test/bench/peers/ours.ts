import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { startTestIssuer } from '../access/issuer.ts'
import { bundle } from '../access/measure.ts'
import { inTemporaryFolder } from '../service.ts'
import { follow } from './process.ts'
import type { Server } from './server.ts'

/** The bundle of the decision point on this database, behind HTTP; the only file that knows how ours is reached. */
export async function withOurs<T>(
  endpoint: string,
  table: string,
  work: (server: Server) => Promise<T>,
): Promise<T> {
  const issuer = await startTestIssuer()
  return inTemporaryFolder(async (folder) => {
    const files = [await bundle('server', folder), await bundle('ours', folder)].map(({ path }) => path)
    const env = { ...issuer.environment, TABLE_NAME: table, AWS_ENDPOINT_URL_DYNAMODB: endpoint }
    const child = spawn(process.execPath, files, { env, stdio: ['ignore', 'pipe', 'inherit'] })
    const { pid, end } = follow(child)
    try {
      const lines = createInterface(child.stdout)
      const [port] = await once(lines, 'line')
      const headers = { authorization: `Bearer ${issuer.token}`, 'content-type': 'application/json' }
      return await work({
        name: 'ours: token, strong reads, reason',
        pid,
        isAllowed: async ({ customerId, userId, action, ref }) => {
          const path = `/v1/customers/${customerId}/access/v1/evaluation`
          const body = { subject: { type: 'user', id: userId }, action: { name: action }, resource: ref }
          const sent = { method: 'POST', headers, body: JSON.stringify(body) }
          const answer = await fetch(`http://127.0.0.1:${port}${path}`, sent)
          const { decision } = (await answer.json()) as { decision?: boolean }
          if (decision === undefined) throw new Error(`the decision point answers ${answer.status}`)
          return decision
        },
      })
    } finally {
      await end()
      await issuer.close()
    }
  })
}
