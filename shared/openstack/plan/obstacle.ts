import type { NameHolder, TextField } from '../transport/errors.ts'
import { nameInKeystone, ownerOf } from './names.ts'

/** Prevents a project or user of ours from matching the directory, until people change something. */
export type Obstacle = TakenName | LostText

/** Another entity has the name, as Keystone's database compares names. */
export type TakenName = {
  what: 'project' | 'user'
  /** The desired name in Keystone. */
  name: string
  /** Keystone's id, for operators only. */
  holderId: string
  /** Set if the holder is a project of the same customer. */
  sibling?: { projectId: string; name: string }
  /** The holder's name, if it is spelt differently and not another customer's. */
  holderName?: string
}

/** A character that Keystone's database can't store. */
export type LostText = { what: 'text'; field: TextField; character: string }

/** Leaves out names of other customers: they are not this one's to read. */
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
