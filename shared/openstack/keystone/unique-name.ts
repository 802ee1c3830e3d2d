import { type NameHolder, isKeystoneError, KeystoneError, NameTakenError } from '../transport/errors.ts'

/** What Keystone keeps unique by name: a project or user within its domain, a role. */
type Named = NameHolder

type Creation<T extends Named> = {
  what: NameTakenError['what']
  name: string
  create: () => Promise<T>
  /** What has the name, whatever it is called itself. */
  find: () => Promise<T | undefined>
  /** Whether what is found is what was to be created, whoever did it. */
  isThis: (found: T) => boolean
}

const attempts = 3

/**
 * Keystone has no upsert, and a POST that got no answer may have worked: in both cases the name is looked up, and what
 * has it is taken if it is this very thing. Throws `conflict` where it isn't.
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
      // Nothing has the name: whoever had it is gone, or the request never came to anything.
      if (attempt === attempts) throw error
    }
  }
}

type Renaming<T extends Named> = {
  what: NameTakenError['what']
  id: string
  /** Undefined where the name stays. */
  name: string | undefined
  change: () => Promise<T>
  find: (name: string) => Promise<T | undefined>
}

/**
 * A change that fails is looked into if it gives a name: Keystone 22 answers 500 where a project's is taken. Throws
 * `conflict` where it is, and `refused` where Keystone says that all is well and keeps the name that was.
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

/** Of what Keystone listed for a name, what is called exactly so: its database may list others. */
export function exactlyNamed<T extends Named>(name: string, listed: readonly T[]): T | undefined {
  return listed.find((item) => item.name === name)
}

/**
 * What has the name, of what Keystone listed for it: the database decides which names are one (with
 * `utf8mb3_general_ci` those that differ by case, accents or spaces at the end), and no rule here repeats its tables.
 */
export function holderAmong<T extends Named>(name: string, listed: readonly T[]): T | undefined {
  return exactlyNamed(name, listed) ?? listed[0]
}
