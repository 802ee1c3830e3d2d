import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { outcomeOf, spawnLocal } from '../../infra/local/run-node.ts'
import { inTemporaryFolder } from '../service.ts'
import { follow } from './process.ts'
import type { Server } from './server.ts'

/** The service as `npm start` composes it, on this database; the only file that knows how ours is reached. */
export async function withOurs<T>(endpoint: string, work: (server: Server) => Promise<T>): Promise<T> {
  return inTemporaryFolder(async (home) => {
    const settings = { PORT: '0', LATCHKEY_DATA: ':memory:', DYNAMODB_ENDPOINT: endpoint }
    const child = spawnLocal('main.ts', [], home, settings)
    const { pid, end } = follow(child)
    try {
      child.stderr.resume()
      const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), once(child, 'exit')])
      const port = /^latchkey listening on http:\/\/127\.0\.0\.1:(\d+)$/.exec(String(line))?.[1]
      if (port === undefined) throw new Error('the service does not start')
      const { stdout } = await outcomeOf(spawnLocal('commands/token.ts', ['check'], home, { PORT: port }))
      const headers = { authorization: `Bearer ${stdout.trim()}`, 'content-type': 'application/json' }
      return await work({
        name: 'ours: token, strong reads, reason',
        pid,
        isAllowed: async ({ customerId, userId, action, ref }) => {
          const answer = await fetch(
            `http://127.0.0.1:${port}/v1/customers/${customerId}/access/v1/evaluation`,
            {
              method: 'POST',
              headers,
              body: JSON.stringify({
                subject: { type: 'user', id: userId },
                action: { name: action },
                resource: ref,
              }),
            },
          )
          const { decision } = (await answer.json()) as { decision?: boolean }
          if (decision === undefined) throw new Error(`the service answers ${answer.status}`)
          return decision
        },
      })
    } finally {
      await end()
    }
  })
}
