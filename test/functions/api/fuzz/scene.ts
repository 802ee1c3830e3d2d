import type { Random } from '../../../support/random.ts'
import { offered, seedScene } from '../changes.ts'
import type { Service } from './service.ts'

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
    return this.#service.world.now()
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

  /** A scene, perhaps with an open review of everything and an offer of the ownership, and a delivery. */
  async add(): Promise<void> {
    const { world } = this.#service
    const scene = await seedScene(world)
    const { customerId, id, at, token } = scene
    const users = [id.owner, id.admin, id.billing, id.tech]
    const servers = ['vps-1', 'vps-2']
    this.places.push({ id: customerId, users, projects: [id.web, id.old], servers, reviews: [], items: [] })
    if (this.places.length % 3 !== 0) {
      const items = await world.ask(`${at}/reviews/${await scene.review()}/items`, token.operator)
      this.learn(customerId, items.text)
    }
    await world.deliver(`d-${customerId}`, 'user.deleted', { customerId })
    this.deliveries.push(`d-${customerId}`)
    if (this.places.length % 2 === 0) await offered(scene)
  }
}

function remember(list: string[], found: string[] | null): void {
  for (const id of found ?? []) if (!list.includes(id)) list.push(id)
  // Those from the beginning are everybody's aim.
  if (list.length > 12) list.splice(6, list.length - 12)
}
