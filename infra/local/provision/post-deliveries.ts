import * as v from 'valibot'
import type { Answer, Send } from '../client/keep-alive-client.ts'
import type { Persist } from '../client/persistence.ts'
import { signDelivery } from '../client/sign-delivery.ts'
import { readWebhooks } from '../data/data-folder.ts'
import { CliError } from '../cli-error.ts'
import type { FileDelivery } from './delivery-file.ts'

export const source = 'orders'

/** A delivery that the service refused to record. */
export type Refusal = { id: string; reason: string }

const Problem = v.object({ detail: v.optional(v.string()), code: v.optional(v.string()) })
const attemptsAtError = 5

/** The secret that a service in this folder verifies `orders` with. @throws {CliError} */
export function signingSecret(dataFolder: string): string {
  const secret = readWebhooks(dataFolder)[source]?.secrets.find((candidate) => candidate.startsWith('whsec_'))
  if (!secret) throw new CliError(`source ${source} has no whsec_ secret in ${dataFolder}`)
  return secret
}

/**
 * Posts every delivery, in order but `concurrency` at a time, and calls `onPosted` after each.
 * @throws {CliError} when the service doesn't accept the signature, or is down for too long
 */
export async function postDeliveries(
  deliveries: readonly FileDelivery[],
  options: {
    send: Send
    persist: Persist
    secret: string
    concurrency: number
    onPosted: (count: number) => void
  },
): Promise<Refusal[]> {
  const refusals: Refusal[] = []
  const queue = deliveries.values()
  let posted = 0
  const lane = async () => {
    for (const delivery of queue) {
      const answer = await post(delivery, options)
      if (answer.status !== 202) refusals.push({ id: delivery.id, reason: reasonOf(answer) })
      options.onPosted(++posted)
    }
  }
  await Promise.all(Array.from({ length: options.concurrency }, lane))
  return refusals
}

async function post(
  { id, body }: FileDelivery,
  { send, persist, secret }: { send: Send; persist: Persist; secret: string },
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    // Signed anew each time: a signature is valid for five minutes.
    const answer = await persist(() =>
      send('POST', `/webhooks/${source}`, headersOf(body, signDelivery(secret, id, body, new Date())), body),
    )
    if (answer.status === 401)
      throw new CliError(`the service refuses the signature of source ${source}: ${reasonOf(answer)}`)
    if (answer.status < 500 || attempt === attemptsAtError) return answer
  }
}

function headersOf(body: string, signature: Record<string, string>): Record<string, string> {
  return {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...signature,
  }
}

export function reasonOf({ status, body }: Answer): string {
  const problem = v.safeParse(Problem, body)
  const words = problem.success ? (problem.output.detail ?? problem.output.code) : undefined
  return words ? `${words} (${status})` : `answered ${status}`
}
