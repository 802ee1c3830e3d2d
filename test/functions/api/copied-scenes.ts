import { changeAt, type Scene } from './changes.ts'
import { type Copy, startCopies } from './copies.ts'
import { openReview } from './open-review.ts'
import { type Ask, mailOf, type Parties } from './parties.ts'
import { deliver } from './test-api.ts'

/** What `changes` tries, at copies of a scene: who asks is told by name, where it would be by token. */
export async function startCopiedScenes(parties: Parties) {
  const { ask, table, now } = parties
  const types = { admin: 'customer-admin', tech: 'customer-tech', billing: 'customer-billing' } as const
  const copy = await startCopies(parties, types, async ({ path, users, projects }, told) => {
    const put = (where: string, body: object) =>
      told({ who: 'operator', method: 'PUT', path: `${path}/${where}`, body })
    await put('servers/vps-1', { hostname: 'one.scene.example' })
    await put(`servers/vps-1/assignments/${users.tech}`, { capabilities: ['power'] })
    await put(`projects/${projects.web}/members/${users.tech}`, { roles: ['dns:read'] })
  })

  /** As much of a world as the makers of requests use. */
  const world: Pick<Scene['world'], 'deliver' | 'send' | 'table'> = {
    table,
    deliver: (id, type, data) => deliver(table, { id, type, data, at: now() }),
    async send(method, path, who = '', body, headers = {}) {
      const { etag = '', ...told } = await ask('', { who, method, path, body, headers })
      return { ...told, headers: new Headers({ etag }), body: { items: [], ...told.body } }
    },
  }
  const sceneOf = ({ c, path: at, users, projects }: Copy): Scene => ({
    review: once(() => openReview(world, { customerId: c, operator: 'operator' })),
    world: world as Scene['world'],
    customerId: c,
    at,
    mail: mailOf,
    token: named('owner', 'admin', 'tech', 'billing', 'operator'),
    id: { ...users, ...projects } as Scene['id'],
    etag: async (path) => (await parties.etagAt(`${at}${path}`)) ?? '',
    etagAt: async (path) => (await parties.etagAt(path)) ?? '',
    events: async () => [],
  })

  return {
    copy,
    /** The route's request, at a fresh copy unless told. */
    requestOf: async (id: string, copied?: Copy): Promise<Ask> => {
      const { token: who, ...rest } = await changeAt(sceneOf(copied ?? (await copy())), id)
      return { who, ...rest }
    },
  }
}

const named = <T extends string>(...names: T[]) =>
  Object.fromEntries(names.map((name) => [name, name])) as Record<T, T>

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => (result ??= work())
}
