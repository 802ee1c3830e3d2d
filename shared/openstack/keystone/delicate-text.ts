import { isKeystoneError, type KeystoneError, NameTakenError, UnstorableError } from '../transport/errors.ts'

/** The first character of four bytes in UTF-8: a database may fail on it, or store question marks. */
export function fourByteCharacterIn(text: string): string | undefined {
  return /[\u{10000}-\u{10ffff}]/u.exec(text)?.[0]
}

/** Replaces each by the replacement character, which has three bytes. */
export function withoutFourByteCharacters(text: string): string {
  return text.replaceAll(/[\u{10000}-\u{10ffff}]/gu, '\ufffd')
}

/**
 * Throws `unstorable` where Keystone fails or reports a conflict without a visible cause, and a text has such a character.
 * Keystone 22 on MariaDB answers 500 only ("Incorrect string value" is in its log).
 */
export async function storing<T>(
  { name = '', description = '' }: { name?: string; description?: string },
  store: () => Promise<T>,
): Promise<T> {
  try {
    return await store()
  } catch (error) {
    const [inName, inDescription] = [fourByteCharacterIn(name), fourByteCharacterIn(description)]
    const character = inName ?? inDescription
    if (character === undefined || !isUnexplained(error)) throw error
    throw new UnstorableError({ field: inName === undefined ? 'description' : 'name', character }, error)
  }
}

function isUnexplained(error: unknown): error is KeystoneError {
  return (
    isKeystoneError(error) && !(error instanceof NameTakenError) && [409, 500].includes(error.status ?? 0)
  )
}
