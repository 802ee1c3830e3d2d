import { type NameHolder, isKeystoneError, KeystoneError, NameTakenError } from '../transport/errors.ts'

/** An entity with a unique name in Keystone: a project or user within its domain, a role. */
type Named = NameHolder

type Creation<T extends Named> = {
  what: NameTakenError['what']
  name: string
  create: () => Promise<T>
  /** The holder of the name, however that is spelt. */
  find: () => Promise<T | undefined>
  /** True if the holder is the entity to create, whoever created it. */
  isThis: (found: T) => boolean
}

const attempts = 3

/**
 * Keystone has no upsert, and a POST without a response may have worked: in both cases returns the name's holder if it is
 * the entity to create. Throws `conflict` if it isn't.
 */
export async function createOnce<T extends Named>(creation: Creation<T>): Promise<T> {
  const { create, find, isThis } = creation
  for (let attempt = 1; ; attempt++) {
    try {
      return await create()
    } catch (error) {
      if (!isKeystoneError(error) || (error.code !== 'conflict' && !error.mayHaveHappened)) throw error
      const found = await find()
      if (found && isThis(found)) return found
      if (found) throw new NameTakenError({ ...creation, holder: found }, error)
      // The name is free: its holder is gone, or the request had no effect.
      if (attempt === attempts) throw error
    }
  }
}

type Renaming<T extends Named> = {
  what: NameTakenError['what']
  id: string
  /** Undefined if the name stays. */
  name: string | undefined
  change: () => Promise<T>
  find: (name: string) => Promise<T | undefined>
}

/**
 * Finds the cause of a failed change of a name: Keystone 22 answers 500 where a project's name is taken. Throws `conflict`
 * where it is, and `refused` where Keystone reports success and keeps the old name.
 */
export async function rename<T extends Named>(renaming: Renaming<T>): Promise<T> {
  const { what, id, name, change, find } = renaming
  try {
    const changed = await change()
    if (name === undefined || changed.name === name) return changed
    const message = `Keystone keeps the name "${changed.name}" of a ${what} (${id}) that was to be called "${name}"`
    throw new KeystoneError('refused', message, { mayHaveHappened: true })
  } catch (error) {
    if (name === undefined || !isKeystoneError(error, 'conflict', 'failed')) throw error
    const found = await find(name)
    throw found && found.id !== id ? new NameTakenError({ what, name, holder: found }, error) : error
  }
}

/** The entity with exactly this name: Keystone's database may list others for it. */
export function exactlyNamed<T extends Named>(name: string, listed: readonly T[]): T | undefined {
  return listed.find((item) => item.name === name)
}

/**
 * The holder of the name among the entities that Keystone lists for it. The database decides which names are the same (with
 * `utf8mb3_general_ci` those that differ by case, accents or trailing spaces); no rule here repeats its tables.
 */
export function holderAmong<T extends Named>(name: string, listed: readonly T[]): T | undefined {
  return exactlyNamed(name, listed) ?? listed[0]
}
