import { Agent, request } from 'node:http'
import { errorCode, messageOf } from '../cli-error.ts'
import { type LocalService, notRunning, ServiceDown } from './local-service.ts'

export type Answer = { status: number; body: unknown }
export type Send = (
  method: 'GET' | 'POST',
  path: string,
  headers: Record<string, string>,
  body?: string,
) => Promise<Answer>

const busy = [429, 502, 503, 504]
const timeoutMilliseconds = 30_000

/**
 * Sends requests over few connections, at half the CPU of `fetch`: it shares the machine with the service. Parses JSON.
 * Throws `ServiceDown` for failed connections and for responses that ask for a retry.
 */
export function keepAliveClient(
  service: LocalService,
  connections: number,
): { send: Send; close: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const send: Send = (method, path, headers, body) =>
    new Promise((resolve, reject) => {
      const fail = (error: unknown) => reject(asDown(service, error))
      const outgoing = request(`${service.origin}${path}`, {
        method,
        headers,
        agent,
        timeout: timeoutMilliseconds,
      })
      outgoing.on('error', fail)
      outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')))
      outgoing.on('response', (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('error', fail)
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('end', () => {
          const status = incoming.statusCode ?? 0
          if (busy.includes(status)) fail(new Error(`it answered ${status}`))
          else resolve({ status, body: parse(Buffer.concat(chunks).toString()) })
        })
      })
      outgoing.end(body)
    })
  return { send, close: () => agent.destroy() }
}

function asDown(service: LocalService, error: unknown): ServiceDown {
  if (errorCode(error) === 'ECONNREFUSED') return notRunning(service.port)
  return new ServiceDown(`no answer from ${service.origin}: ${messageOf(error)}`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
