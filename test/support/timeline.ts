/** An event of the order system, with the id it's delivered under. */
export type TimedEvent = { id: string; type: string; timestamp: string; data: Record<string, unknown> }

type UserState = { type: string; status: string; deleted: boolean }

export const tenant = (event: TimedEvent) => String(event.data.customerId)

/** The order in which events count: by instant, ties by id, bytewise. */
export function inOrder(events: readonly TimedEvent[]): TimedEvent[] {
  const key = ({ timestamp, id }: TimedEvent) => `${new Date(timestamp).toISOString()}#${id}`
  return [...events].sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

/**
 * Follows one customer's events in the order in which they count, and tells which would be applied: with it a history
 * is made that the promise of the order rule covers. Knows nothing of how the service keeps what it knows.
 */
export class Timeline {
  readonly users = new Map<string, UserState>()
  readonly projects = new Map<string, boolean>()
  readonly servers = new Map<string, boolean>()
  readonly events: TimedEvent[] = []
  customerId = ''
  mainCustomer = ''
  #status = ''
  #everAdmin = 0

  /** Takes the event if it would be applied; false if it wouldn't. */
  take(event: TimedEvent): boolean {
    if (!this.#applies(event)) return false
    this.events.push(event)
    return true
  }

  #applies({ type, data }: TimedEvent): boolean {
    const text = (name: string) => String(data[name] ?? '')
    if (type === 'customer.created') return this.#createCustomer(text('customerId'), data.mainCustomer)
    if (this.#status === '' || this.#status === 'closed') return false
    const user = this.users.get(text('user'))
    switch (type) {
      case 'customer.suspended':
      case 'customer.resumed':
      case 'customer.closed':
        this.#status = type
        if (type === 'customer.closed') this.#status = 'closed'
        return true
      case 'user.created':
        if (!this.#withinQuota(text('type'))) return false
        return addNew(this.users, text('email'), { type: text('type'), status: 'active', deleted: false })
      case 'project.created':
        return addNew(this.projects, text('name'), true)
      case 'server.created':
        return addNew(this.servers, text('serverId'), true)
      case 'project.deleted':
        return endOf(this.projects, text('name'))
      case 'server.deleted':
        return endOf(this.servers, text('serverId'))
      case 'membership.granted':
      case 'membership.revoked':
        return this.#isMember(user, text('project'), data.roles)
      case 'server.assigned':
        return (
          isPresent(user) && user.type !== 'customer-billing' && this.servers.get(text('serverId')) === true
        )
      case 'server.unassigned':
        return isPresent(user) && this.servers.get(text('serverId')) === true
      case 'customer.updated':
        return true
      default:
        return this.#changeUser(type, user, data)
    }
  }

  #createCustomer(customerId: string, mainCustomer: unknown): boolean {
    if (this.#status !== '') return false
    this.#status = 'active'
    this.customerId = customerId
    this.mainCustomer = (mainCustomer as { email: string }).email
    return addNew(this.users, this.mainCustomer, { type: 'main-customer', status: 'active', deleted: false })
  }

  #isMember(user: UserState | undefined, project: string, roles: unknown): boolean {
    if (!isPresent(user) || user.type === 'main-customer') return false
    const isMain = project === this.customerId
    const isBare = Array.isArray(roles) ? roles.length === 0 : true
    if (user.type === 'customer-billing' && !(isMain && isBare)) return false
    return isMain || this.projects.get(project) === true
  }

  #changeUser(type: string, user: UserState | undefined, data: Record<string, unknown>): boolean {
    if (!isPresent(user)) return false
    if (user.type === 'main-customer') return type === 'user.updated' && data.type === undefined
    if (type === 'user.updated' && !this.#withinQuota(String(data.type))) return false
    if (type === 'user.deleted') user.deleted = true
    if (type === 'user.updated' && data.type !== undefined) user.type = String(data.type)
    return true
  }

  /** Fewer than the quota ever become admin, so that no order of arrival meets it. */
  #withinQuota(type: string): boolean {
    if (type !== 'customer-admin') return true
    return ++this.#everAdmin <= 48
  }
}

function isPresent(user: UserState | undefined): user is UserState {
  return user !== undefined && !user.deleted
}

function addNew<T>(map: Map<string, T>, key: string, value: T): boolean {
  if (map.has(key)) return false
  map.set(key, value)
  return true
}

function endOf(map: Map<string, boolean>, key: string): boolean {
  if (map.get(key) !== true) return false
  map.set(key, false)
  return true
}
