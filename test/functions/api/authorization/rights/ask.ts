import type { Answer, World } from '../../world.ts'
import type { Caller } from './callers.ts'
import { changes, type Ids, isAsking, methodOf, pathOf, type Row } from './rows.ts'

/** Everybody asks with the same one, so that answers can be compared. */
const requestId = 'the-same-for-all'

/** Sends a row's request, a change as a dry run. */
export type Asker = (row: Row, caller: Caller, ids: Ids) => Promise<Answer>

export async function createAsker(world: World, callers: readonly Caller[]): Promise<Asker> {
  const made = await Promise.all(callers.map(async ({ name, token }) => [name, await token(world)] as const))
  const tokens = new Map(made)
  const operator = await world.operator()
  const etags = new Map<string, Promise<string>>()

  /** As an operator sees it; for what isn't there, one that nothing has. */
  const etagOf = (path: string): Promise<string> => {
    const read = async () => (await world.ask(path, operator)).headers.get('etag') ?? `"${'x'.repeat(32)}"`
    const etag = etags.get(path) ?? read()
    etags.set(path, etag)
    return etag
  }

  return async (row, caller, ids) => {
    const headers: Record<string, string> = { 'x-request-id': requestId }
    if (row.body) headers['content-type'] = 'application/json'
    if (row.matches !== undefined) headers['if-match'] = await etagOf(fill(row.matches, ids))
    if (caller.reason !== undefined) headers['x-reason'] = caller.reason
    const query = changes(row) ? '?dryRun=true' : (row.query?.(world.now()) ?? '')
    return world.ask(`${fill(pathOf(row), ids)}${query}`, tokens.get(caller.name), {
      method: methodOf(row),
      headers,
      ...(row.body ? { body: JSON.stringify(row.body(ids)) } : {}),
    })
  }
}

function fill(template: string, ids: Ids): string {
  return template.replaceAll(/\{(\w+)\}/g, (_all, name) =>
    encodeURIComponent(ids[name as keyof Ids] ?? 'none'),
  )
}

/** As `verdict` tells it. Errors of the decision routes are texts. */
export function toldBy(row: Row, { status, body }: Answer): string {
  if (status < 400) return String(status)
  const texts: Record<number, string> = { 401: 'unauthenticated', 403: 'forbidden', 404: 'not-found' }
  const code = isAsking(row) && typeof body === 'string' ? texts[status] : body.code
  return `${status} ${String(code)}`
}
