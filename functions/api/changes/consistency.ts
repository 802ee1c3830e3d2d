import type { Context } from 'hono'
import type { WrittenItem } from '../../../shared/auth/consistency-token.ts'
import type { Change } from '../../../shared/records/commit.ts'
import { nextVersion, type Version, type Write } from '../../../shared/table/item.ts'
import type { Key } from '../../../shared/table/keys.ts'
import type { ApiDeps } from '../authorization/deps.ts'

export const consistencyHeader = 'X-Consistency-Token'

/** Sets the token of a state that has the change; call it after the commit. Without one, of the present state. */
export function setConsistencyToken(
  { consistency, now }: Pick<ApiDeps, 'consistency' | 'now'>,
  c: Context,
  customerId: string,
  change?: Change,
): void {
  c.header(consistencyHeader, consistency.seal(customerId, now(), change ? itemsOf(change) : []))
}

/** Items that decisions are made from: those that the change has written, then those that it rests on. */
function itemsOf({ writes }: Change): WrittenItem[] {
  const items = [...writes.map(written), ...writes.map(checked)]
  return items.filter((item) => item !== undefined).filter(isDecisive)
}

function written(write: Write): WrittenItem | undefined {
  if ('remove' in write) return { ...write.remove, version: 0 }
  if (!('put' in write)) return undefined
  const { put, expectedVersion, isNoChange } = write
  return {
    pk: put.pk,
    sk: put.sk,
    version: isNoChange ? readVersion(expectedVersion) : nextVersion(expectedVersion),
  }
}

const checked = (write: Write): WrittenItem | undefined =>
  'check' in write ? { ...write.check, version: readVersion(write.expectedVersion) } : undefined

const readVersion = (version: Version): number => (version === 'absent' ? 0 : version)

/** Customers, projects, servers, claims of addresses; users and their grants. */
const isDecisive = ({ pk, sk }: Key): boolean =>
  /^C#[^#]+\|(CUSTOMER$|PROJECT#|SERVER#|EMAIL#)/.test(`${pk}|${sk}`) ||
  /^C#[^#]+#U#[^#]+\|(USER$|GRANT#)/.test(`${pk}|${sk}`)
