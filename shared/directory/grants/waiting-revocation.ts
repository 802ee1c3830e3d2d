import { projectNameKey } from '../../domain/entities/project.ts'
import type { Stamp } from '../../domain/values/instant.ts'
import { asWaitingRevocation, tombstoneTtl } from '../../records/grants.ts'
import { versionOf, type Write } from '../../table/item.ts'
import { type Key, keys } from '../../table/keys.ts'
import type { Table } from '../../table/table.ts'

/** A user, by e-mail address, and a project by name or a server by id. */
export type TargetName = { customerId: string; user: string } & ({ project: string } | { serverId: string })

export function revocationKey(name: TargetName): Key {
  const { customerId, user } = name
  return 'serverId' in name
    ? keys.revocation(customerId, 'server', name.serverId, user)
    : keys.revocation(customerId, 'project', projectNameKey(name.project), user)
}

/** Records a waiting revocation under the names it uses; no writes if a newer one is recorded. */
export async function recordWaitingRevocation(
  table: Table,
  name: TargetName,
  stamp: Stamp,
): Promise<Write[]> {
  const key = revocationKey(name)
  const left = asWaitingRevocation(await table.get(key))
  if (left && left.stamp >= stamp) return []
  return [{ put: { ...key, stamp, ttl: tombstoneTtl(table.now()) }, expectedVersion: versionOf(left) }]
}
