import { Random } from '../../../support/random.ts'
import { answersIn } from './answers-in.ts'
import { operations } from './document.ts'
import type { Desk, Draft } from './drafts.ts'
import { spellingsInTurn } from './kinds.ts'
import type { Scene } from './scene.ts'
import { type Answer, sendAsEvent, sendAsRequest } from './send-in-process.ts'
import { sendOverSocket } from './send-over-socket.ts'
import type { Service } from './service.ts'
import { wrongBefore, wrongWith } from './verdict.ts'
import { framings, type Wire, wireOf } from './wire.ts'

/** Sends drafts one after the other and keeps what is wrong with what comes back. */
export class Session {
  readonly random: Random
  readonly statuses = new Set<number>()
  /** Operations that something was got from. */
  readonly succeeded = new Set<string>()
  /** How often each path was sent in another spelling. */
  readonly spelled = new Map<string, number>()
  /** What is wrong, with the request that it takes to see it. */
  readonly findings: string[] = []
  readonly #service: Service
  readonly #scene: Scene
  readonly #port: number
  readonly #seed: number
  readonly #spellings: Desk['spellings']
  #count = 0

  constructor(service: Service, scene: Scene, port: number, seed: number) {
    this.#service = service
    this.#scene = scene
    this.#port = port
    this.#seed = seed
    this.random = new Random(seed)
    this.#spellings = spellingsInTurn(this.random)
  }

  /** A draft, sent in one way or another. */
  async send(make: (desk: Desk) => Promise<Draft>): Promise<void> {
    await this.#try(make, async (draft) => {
      const dice = this.random.next()
      const path = this.random.chance(0.5) ? 'decoded' : 'as sent'
      let answer: Answer | undefined
      if (dice < 0.7) answer = await sendAsRequest(this.#service, draft)
      else if (dice < 0.88) answer = await sendAsEvent(this.#service, draft, path)
      return answer ? this.#judge(draft, draft.method, answer) : this.#sendBytes(draft, 'a content length')
    })
  }

  /** A draft, its bytes framed like that. */
  async sendFramed(make: (desk: Desk) => Promise<Draft>, framing: string): Promise<void> {
    await this.#try(make, (draft) => this.#sendBytes({ ...draft, what: `its bytes: ${framing}` }, framing))
  }

  async #try(make: (desk: Desk) => Promise<Draft>, send: (draft: Draft) => Promise<string[]>): Promise<void> {
    const { random } = this
    this.#count++
    this.#service.pass(random.below(200))
    const place = this.#scene.pick(random)
    const desk = { service: this.#service, scene: this.#scene, random, place, spellings: this.#spellings }
    const draft = await make(desk)
    if (draft.what.startsWith('the path')) {
      const { path } = operations.find(({ id }) => id === draft.operation) ?? { path: '' }
      this.spelled.set(path, (this.spelled.get(path) ?? 0) + 1)
    }
    const start = performance.now()
    const wrong = await send(draft).catch((error: unknown) => [String(error)])
    if (performance.now() - start > 10_000) wrong.push('it took more than ten seconds')
    wrong.push(...this.#service.takeErrors())
    if (wrong.length === 0) return
    this.findings.push(`request ${this.#count} of seed ${this.#seed}: ${wrong.join('\n')}\n${printed(draft)}`)
  }

  #judge(draft: Draft, method: string, answer: Answer): string[] {
    const { status, text, url } = answer
    this.statuses.add(status)
    if (status < 300) this.succeeded.add(draft.operation)
    const [, customer] = /^\/v1\/customers\/(\w+)/.exec(new URL(url).pathname) ?? []
    this.#scene.learn(customer, text)
    return wrongWith(draft, method, answer).map(
      (wrong) => `${wrong}\nas it was answered ${status} ${text.slice(0, 1000)}`,
    )
  }

  async #sendBytes(draft: Draft, framing: string): Promise<string[]> {
    const wire = wireOf(draft, framings[framing] ?? fail(framing), this.random)
    const { method, url } = requestLineOf(wire)
    const { bytes, isCut } = await sendOverSocket(this.#port, wire)
    const isSent = framing === 'a content length' && Buffer.concat(wire.pieces).length < 65_536
    const answers = answersIn(bytes, method, isCut && !isSent)
    if (answers.length === 0 && isCut && !isSent) return []
    const [answer, ...more] = answers
    const wrong = more.flatMap(wrongBefore)
    const isOver = wire.ending === 'hang up' || method === 'CONNECT' || wire.pieces.length === 0
    if (!answer) return isOver ? wrong : [...wrong, 'nothing came back']
    if (!answer.headers.has('x-request-id')) return [...wrong, ...wrongBefore(answer)]
    if (url === undefined) return [...wrong, 'what is no URL was answered']
    return [...wrong, ...this.#judge(draft, method, { ...answer, url })]
  }
}

function requestLineOf({ pieces }: Wire): { method: string; url: string | undefined } {
  const [, method = '', target = ''] = /^\s*(\S+) (\S*)/.exec(Buffer.concat(pieces).toString('latin1')) ?? []
  const url = URL.parse(target.startsWith('/') ? `http://127.0.0.1${target}` : target)?.href
  return { method, url }
}

function fail(framing: string): never {
  throw new Error(`there is no framing ${framing}`)
}

const mostOfBody = 4000

/** All that it takes to send it again. */
function printed({ body, ...draft }: Draft): string {
  const text = body?.toString() ?? ''
  const isText = body === undefined || Buffer.from(text).equals(body)
  const shown = isText ? text : `base64 ${body.toString('base64')}`
  const cut = shown.length > mostOfBody ? `${shown.slice(0, mostOfBody)} … ${shown.length} characters` : shown
  return `${JSON.stringify(draft, null, 1)}\n${cut}`
}
