import { bodyLimit } from '../../../shared/http/request/body-limit.ts'
import { leastCpu } from './cpu.ts'
import { hostileBodies } from './hostile-bodies.ts'
import { type Head, hostileHeads } from './hostile-heads.ts'
import type { Target } from './target.ts'

/** CPU of a request, beside that of an ordinary one to its route, in milliseconds. */
export type Measured = { name: string; ordinary: number; hostile: number }

/** Ratio from which on it is measured again. */
const suspect = 8

/** What each hostile request to a route costs. Fails if one is answered with 5xx. */
export async function measureTarget(target: Target): Promise<Measured[]> {
  const body = target.body === undefined ? undefined : JSON.stringify(target.body)
  const ordinary = await leastCpu(8, prepare(target, target.head, body, true))
  const measured: Measured[] = []
  for (const [name, head, content] of hostileRequests(target, body)) {
    const work = prepare(target, head, content, false)
    const once = await leastCpu(1, work)
    // Something else may have happened meanwhile.
    const hostile = once > suspect * ordinary ? Math.min(once, await leastCpu(4, work)) : once
    measured.push({ name: `${target.name}: ${name}`, ordinary, hostile })
  }
  return measured
}

type HostileRequest = [name: string, head: Head, body: string | undefined]

function* hostileRequests(target: Target, body: string | undefined): Generator<HostileRequest> {
  const { head, method, parameters, besides } = target
  for (const [name, hostile] of hostileHeads(head, parameters)) yield [name, hostile, body]
  if (method === 'GET') return
  for (const [name, hostile] of hostileBodies(target.body)) yield [name, head, hostile]
  for (const [name, headers] of besides) {
    yield [name, { ...head, headers: { ...head.headers, ...headers } }, 'x'.repeat(bodyLimit)]
  }
}

function prepare(target: Target, head: Head, body: string | undefined, isOrdinary: boolean) {
  return async () => {
    const request = target.request(head, body)
    return async () => {
      const response = await target.send(request)
      const text = await response.text()
      const isWell = isOrdinary ? response.ok : response.status < 500
      if (!isWell) throw new Error(`${target.name} was answered ${response.status}: ${text.slice(0, 500)}`)
    }
  }
}
