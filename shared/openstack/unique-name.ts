import { isKeystoneError, KeystoneError } from './errors.ts'

/** What Keystone keeps unique by name: a project or user within its domain, a role. */
type Named = { id: string; name: string }

type Creation<T extends Named> = {
  /** Such as `project`, for messages. */
  what: string
  name: string
  create: () => Promise<T>
  /** By the name. */
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
      if (found) throw taken(creation, found, error)
      // Nothing has the name: whoever had it is gone, or the request never came to anything.
      if (attempt === attempts) throw error
    }
  }
}

type Renaming<T extends Named> = {
  what: string
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
    throw found && found.id !== id ? taken({ ...renaming, name }, found, error) : error
  }
}

/**
 * Who has the name, among what Keystone listed for it. Some of its databases ignore case when they keep names unique,
 * and there whoever spells it differently has it too.
 */
export function whoHas<T extends Named>(name: string, listed: readonly T[]): T | undefined {
  const folded = name.toLowerCase()
  return (
    listed.find((item) => item.name === name) ?? listed.find((item) => item.name.toLowerCase() === folded)
  )
}

function taken(
  { what, name }: { what: string; name: string },
  { id }: Named,
  cause: KeystoneError,
): KeystoneError {
  const { status, requestId } = cause
  const message = `the name "${name}" is taken by another ${what} (${id})`
  return new KeystoneError('conflict', message, { status, requestId, cause })
}
