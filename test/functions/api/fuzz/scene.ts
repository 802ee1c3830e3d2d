import type { Random } from '../../../support/random.ts'
import { runReviewWorker } from '../open-review.ts'
import { authorizationOf, mailOf, people } from './callers.ts'
import type { Service } from './service.ts'

const types = {
  admin: 'customer-admin',
  billing: 'customer-billing',
  tech: 'customer-tech',
  client: 'customer-client',
}

/** A customer and what is known to have been at it, the oldest first; some of it may be gone. */
export type Place = {
  id: string
  users: string[]
  projects: string[]
  servers: string[]
  reviews: string[]
  /** Grants under review. */
  items: string[]
}

/** What there is to ask about. */
export class Scene {
  readonly places: Place[] = []
  readonly deliveries: string[] = []
  readonly #service: Service
  #count = 0

  constructor(service: Service) {
    this.#service = service
  }

  now(): Date {
    return this.#service.now()
  }

  newName(): string {
    return `n${++this.#count}`
  }

  newCustomerId(): string {
    return `FUZ${String(++this.#count).padStart(6, '0')}`
  }

  /** Mostly one of the newest, since the older ones may be closed. */
  pick(random: Random): Place {
    return random.pick(random.chance(0.8) ? this.places.slice(-6) : this.places)
  }

  /** What an answer mentions can be asked about from then on. */
  learn(customer: string | undefined, text: string): void {
    const place = this.places.find(({ id }) => id === customer)
    if (!place) return
    remember(place.users, text.match(/\busr_[0-9A-Z]{26}\b/g))
    remember(place.projects, text.match(/\bprj_[0-9A-Z]{26}\b/g))
    remember(place.items, text.match(/\busr_[0-9A-Z]{26}\.(project|server)\.[\w-]+/g))
    remember(place.reviews, text.match(/(?<="reviewId":")[0-9A-Z]{26}/g))
  }

  /** A customer with somebody of each type, whose logins are linked, projects, a server and a delivery. */
  async add(): Promise<void> {
    const id = this.newCustomerId()
    const at = `/v1/customers/${id}`
    const place: Place = { id, users: [], projects: [], servers: ['vps-1', 'vps-2'], reviews: [], items: [] }
    this.places.push(place)
    const create = async (method: string, path: string, body: object) => {
      this.#service.pass(1)
      this.learn(id, await this.#ask(place, method, path, body))
    }
    const mainCustomer = { name: 'Olga', email: mailOf('owner', id) }
    await create('POST', '/v1/customers', { id, organisation: 'Fuzzed', mainCustomer })
    for (const [name, type] of Object.entries(types)) {
      await create('POST', `${at}/users`, { email: mailOf(name, id), name, type, main: true })
    }
    for (const name of ['web', 'shop']) await create('POST', `${at}/projects`, { name })
    for (const server of place.servers) {
      await create('PUT', `${at}/servers/${server}`, { hostname: `${server}.fuzz.example` })
    }
    const tech = place.users[3]
    await create('PUT', `${at}/projects/${place.projects[0]}/members/${tech}`, { roles: ['dns:read'] })
    await create('PUT', `${at}/servers/vps-1/assignments/${tech}`, { capabilities: ['power'] })
    for (const name of people) await this.#ask(place, 'GET', '/v1/me', undefined, name)
    if (this.places.length % 3 !== 0) await this.#review(place)
    await this.#service.deliver(`d-${id}`, id)
    this.deliveries.push(`d-${id}`)
    if (this.places.length % 2 === 0) await this.#offer(place)
  }

  /** A review of everything, which is open. */
  async #review(place: Place): Promise<void> {
    const path = `/v1/customers/${place.id}/reviews`
    const { id } = JSON.parse(await this.#ask(place, 'POST', path, {})) as { id: string }
    await runReviewWorker(this.#service.table, place.id)
    this.learn(place.id, await this.#ask(place, 'GET', `${path}/${id}/items`))
  }

  /** The ownership, to the admin. */
  async #offer(place: Place): Promise<void> {
    const path = `/v1/customers/${place.id}`
    const authorization = (await authorizationOf(this.#service, 'owner', place.id)) ?? ''
    const { headers } = await this.#service.app.request(path, { headers: { authorization } })
    const seen = { 'if-match': headers.get('etag') ?? '' }
    await this.#ask(place, 'POST', `${path}/ownership-transfer`, { to: place.users[1] }, 'owner', seen)
  }

  async #ask(
    { id }: Place,
    method: string,
    path: string,
    body?: object,
    by: (typeof people)[number] | 'operator' = 'operator',
    headers: Record<string, string> = {},
  ): Promise<string> {
    const authorization = (await authorizationOf(this.#service, by, id)) ?? ''
    const response = await this.#service.app.request(path, {
      method,
      headers: {
        authorization,
        'x-reason': 'the beginning',
        'content-type': 'application/json',
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${text}`)
    return text
  }
}

function remember(list: string[], found: string[] | null): void {
  for (const id of found ?? []) if (!list.includes(id)) list.push(id)
  // Those from the beginning are everybody's aim.
  if (list.length > 12) list.splice(6, list.length - 12)
}
