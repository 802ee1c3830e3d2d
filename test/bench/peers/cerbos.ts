import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from './free-port.ts'
import { peerPath } from './install.ts'
import type { Terms } from './meaning.ts'
import { follow } from './process.ts'
import type { Server } from './server.ts'

/** Cerbos' server with the rights table as policies; all attributes come with the request. */
export async function withCerbos<T>(work: (server: Server) => Promise<T>): Promise<T> {
  const port = await freePort()
  const child = spawn(
    peerPath('@cerbos/cerbos-linux-x64/cerbos-linux-x64'),
    [
      'server',
      '--log-level=error',
      ...Object.entries({
        'server.httpListenAddr': `127.0.0.1:${port}`,
        'server.grpcListenAddr': `127.0.0.1:${await freePort()}`,
        'storage.driver': 'disk',
        'storage.disk.directory': join(import.meta.dirname, 'cerbos/policies'),
        'storage.disk.watchForChanges': 'false',
        'telemetry.disabled': 'true',
      }).map(([name, value]) => `--set=${name}=${value}`),
    ],
    { stdio: 'ignore' },
  )
  const { pid, end } = follow(child)
  const origin = `http://127.0.0.1:${port}`
  try {
    for (let attempt = 0; !(await isUp(`${origin}/_cerbos/health`)); attempt++) {
      if (attempt > 300) throw new Error('Cerbos does not start')
      await pause(100)
    }
    return await work({
      name: 'Cerbos: no token, no reads',
      pid,
      isAllowed: async ({ meaning }) => {
        const { action, customer, now, user, main, resource } = meaning
        const { id, kind, held, exists, isMain, isMainCustomer } = resource
        const answer = await fetch(`${origin}/api/check/resources`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            principal: {
              id: user.id,
              roles: [user.type],
              attr: { customer, now, status: user.status, ...(main && { main: attributesOf(main) }) },
            },
            resources: [
              {
                actions: [action],
                resource: {
                  kind,
                  id,
                  attr: {
                    exists,
                    isMain,
                    isMainCustomer,
                    ...(held && { held: attributesOf(held) }),
                  },
                },
              },
            ],
          }),
        })
        const { results } = (await answer.json()) as { results?: { actions: Record<string, string> }[] }
        if (!results?.[0]) throw new Error(`Cerbos answers ${answer.status}`)
        return results[0].actions[action] === 'EFFECT_ALLOW'
      },
    })
  } finally {
    await end()
  }
}

const attributesOf = ({ names, until }: Terms) => ({ names, ...(until !== undefined && { until }) })

async function isUp(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok
  } catch {
    return false
  }
}
