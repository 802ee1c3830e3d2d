import type { Answer, World } from '../world.ts'

export function sender(world: World) {
  /** One after the other, and what they wrote. */
  async function sending(...requests: (() => Promise<Answer>)[]) {
    const answers: Answer[] = []
    const sent = await world.requestsOf(async () => {
      for (const request of requests) answers.push(await request())
    })
    return { answers, writes: sent.filter(({ operation }) => /Write|Put|Update|Delete/.test(operation)) }
  }

  /** Sends it, and tells whether anything was written. */
  async function trying(request: () => Promise<Answer>) {
    const { answers, writes } = await sending(request)
    const [answer] = answers
    if (!answer) throw new Error('there is no answer')
    return { answer, changed: writes.length > 0 }
  }

  return { sending, trying }
}
