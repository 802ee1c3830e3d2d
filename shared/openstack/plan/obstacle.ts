import type { NameHolder, TextField } from '../transport/errors.ts'
import { nameInKeystone, ownerOf } from './names.ts'

/** What keeps a project or user of ours from being as it should be, until people change something. */
export type Obstacle = TakenName | LostText

/** Keystone's database takes two names for one. */
export type TakenName = {
  what: 'project' | 'user'
  /** That should be, in Keystone. */
  name: string
  /** Keystone's id; for operators only. */
  holderId: string
  /** Where the holder is a project of the same customer. */
  sibling?: { projectId: string; name: string }
  /** What the holder is called, where that differs, and is nobody else's to know. */
  holderName?: string
}

/** A character that Keystone's database can't keep. */
export type LostText = { what: 'text'; field: TextField; character: string }

/** Of others nothing is said but that they have the name: another customer's names are not this one's to read. */
export function takenName(
  { what, name, holder }: { what: TakenName['what']; name: string; holder: NameHolder },
  customerId: string,
): TakenName {
  const taken = { what, name, holderId: holder.id }
  const prefix = nameInKeystone(customerId, '')
  const owner = ownerOf(holder.tags ?? [])
  if (owner && owner.customerId !== customerId) return taken
  if (!holder.name.startsWith(prefix)) return taken
  if (owner)
    return { ...taken, sibling: { projectId: owner.projectId, name: holder.name.slice(prefix.length) } }
  return holder.name === name ? taken : { ...taken, holderName: holder.name }
}
