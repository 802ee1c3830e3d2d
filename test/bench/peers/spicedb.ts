import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { follow } from './process.ts'
import type { Server } from './server.ts'
import type { Check } from './spicedb/main.ts'
import { idIn, type Relationship } from './spicedb/relationships.ts'

type Loaded = Server & { load: (relationships: readonly Relationship[]) => Promise<void> }
/** Relationships in one body. */
const atOnce = 20_000

/** SpiceDB in a process of its own, its data in memory, behind the thinnest HTTP server. */
export async function withSpiceDb<T>(work: (server: Loaded) => Promise<T>): Promise<T> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'spicedb/main.ts')], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const { pid, end } = follow(child)
  try {
    const [port] = await Promise.race([once(createInterface(child.stdout), 'line'), once(child, 'exit')])
    const post = async (path: string, body: unknown): Promise<unknown> => {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
      })
      if (!answer.ok) throw new Error(`SpiceDB: ${await answer.text()}`)
      return answer.json()
    }
    return await work({
      name: 'SpiceDB: no token, data in memory',
      pid,
      isAllowed: async ({ customerId, userId, action, ref, meaning }) => {
        const isMain = meaning.resource.isMain
        const type = isMain ? 'main_project' : ref.type === 'user' ? 'person' : ref.type
        const check: Check = {
          type,
          id: idIn(customerId, ref.id),
          permission: action.replace('.', '_'),
          user: `user:${idIn(customerId, userId)}`,
        }
        return ((await post('/check', check)) as { decision: boolean }).decision
      },
      load: async (relationships) => {
        for (let first = 0; first < relationships.length; first += atOnce)
          await post('/load', relationships.slice(first, first + atOnce))
      },
    })
  } finally {
    await end()
  }
}
