import createClient from 'openapi-fetch'
import type { components, paths } from './openapi.ts'

type Schemas = components['schemas']
/** What every refusal is, but for those of a decision point. */
export type Problem = Schemas['Problem']
type Project = Schemas['Project']

/** One call of each kind, with the types that openapi-typescript makes; each gives what it was answered, or throws. */
export function createCalls(fetch: (request: Request) => Promise<Response>, token: string, c: string) {
  const api = createClient<paths>({
    baseUrl: 'https://latchkey.test',
    fetch,
    headers: { authorization: `Bearer ${token}` },
  })
  const projects = '/v1/customers/{c}/projects'
  const project = '/v1/customers/{c}/projects/{p}'

  return {
    read: async (): Promise<string> => {
      const { data, error } = await api.GET('/v1/customers/{c}', { params: { path: { c } } })
      if (!data) throw refused(error)
      return data.organisation
    },

    listAll: async (): Promise<Schemas['User'][]> => {
      const users: Schemas['User'][] = []
      let cursor: string | undefined
      do {
        const query = { limit: 2, ...(cursor !== undefined && { cursor }) }
        const { data, error } = await api.GET('/v1/customers/{c}/users', { params: { path: { c }, query } })
        if (!data) throw refused(error)
        users.push(...data.items)
        cursor = data.nextCursor
      } while (cursor !== undefined)
      return users
    },

    create: async (name: string): Promise<{ id: string; etag: string }> => {
      const { data, error, response } = await api.POST(projects, { params: { path: { c } }, body: { name } })
      if (!data) throw refused(error)
      // A dry run has another status, and another type.
      if ('changes' in data) throw new Error('nothing was to be tried')
      return { id: data.id, etag: response.headers.get('etag') ?? '' }
    },

    tryToCreate: async (name: string): Promise<Schemas['Change'][]> => {
      const params = { path: { c }, query: { dryRun: true } }
      const { data, error } = await api.POST(projects, { params, body: { name } })
      if (!data) throw refused(error)
      return 'changes' in data ? data.changes : []
    },

    createBadly: async (): Promise<Problem | undefined> => {
      // @ts-expect-error: a project has a name
      const { error } = await api.POST(projects, { params: { path: { c } }, body: {} })
      return error
    },

    put: async (p: string, u: string): Promise<Schemas['Membership']> => {
      const { data, error } = await api.PUT('/v1/customers/{c}/projects/{p}/members/{u}', {
        params: { path: { c, p, u } },
        body: { roles: ['compute:operate'], expiresAt: '2099-12-31T22:00:00Z', reason: 'on call' },
      })
      if (!data) throw refused(error)
      if ('changes' in data) throw new Error('nothing was to be tried')
      return data
    },

    patch: async (p: string, etag: string, description: string): Promise<Project> => {
      const params = { path: { c, p }, header: { 'If-Match': etag } }
      const { data, error } = await api.PATCH(project, { params, body: { description } })
      if (!data) throw refused(error)
      if ('changes' in data) throw new Error('nothing was to be tried')
      return data
    },

    tryToPatch: async (p: string, description: string): Promise<Schemas['Change'][]> => {
      const params = { path: { c, p }, query: { dryRun: true } }
      const { data, error } = await api.PATCH(project, { params, body: { description } })
      if (!data) throw refused(error)
      return 'changes' in data ? data.changes : []
    },

    remove: async (p: string, etag: string): Promise<number> => {
      const params = { path: { c, p }, header: { 'If-Match': etag } }
      const { error, response } = await api.DELETE(project, { params })
      if (error) throw refused(error)
      return response.status
    },

    removeBlindly: async (p: string): Promise<Problem | undefined> => {
      // @ts-expect-error: If-Match is required
      const { error } = await api.DELETE(project, { params: { path: { c, p } } })
      return error
    },

    decide: async (id: string, names: string[]): Promise<Schemas['BatchDecision'][]> => {
      const { data, error } = await api.POST('/v1/customers/{c}/access/v1/evaluations', {
        params: { path: { c } },
        body: {
          subject: { type: 'user_email', id },
          resource: { type: 'customer', id: c },
          context: { ip: '192.0.2.1' },
          evaluations: names.map((name) => ({ action: { name, properties: { soon: true } } })),
        },
      })
      if (!data) throw new Error(error)
      return 'evaluations' in data ? data.evaluations : [data]
    },

    decideBadly: async (): Promise<string | undefined> => {
      const { error } = await api.POST('/v1/customers/{c}/access/v1/evaluations', {
        params: { path: { c } },
        // @ts-expect-error: a type is a text
        body: { subject: { type: 7 }, evaluations: [{ action: { name: 'billing.read' } }] },
      })
      return error
    },

    export: async (): Promise<string> => {
      const place = { params: { path: { c } }, parseAs: 'text' } as const
      const { data, error } = await api.GET('/v1/customers/{c}/export', place)
      if (data === undefined) throw refused(error)
      return data
    },

    report: async (r: string): Promise<Problem | undefined> => {
      const { error } = await api.GET('/v1/customers/{c}/reviews/{r}/report', {
        params: { path: { c, r }, query: { format: 'csv' } },
        parseAs: 'text',
      })
      return error
    },
  }
}

const refused = ({ detail, title }: Problem) => new Error(detail ?? title)

/** Deliveries are typed by what has happened. */
export const delivery: Schemas['ProvisioningEvent'] = {
  type: 'server.assigned',
  timestamp: '2026-11-23T12:00:00Z',
  data: { customerId: 'ACM000001', user: 'tech@acme.example', serverId: 'vps-1', capabilities: ['power'] },
}
