import { isKeystoneError, type KeystoneError, NameTakenError, UnstorableError } from '../transport/errors.ts'

/** The first character that UTF-8 needs four bytes for: a database may fail at it, or keep question marks. */
export function fourByteCharacterIn(text: string): string | undefined {
  return /[\u{10000}-\u{10ffff}]/u.exec(text)?.[0]
}

/** Three bytes each: the replacement character. */
export function withoutFourByteCharacters(text: string): string {
  return text.replaceAll(/[\u{10000}-\u{10ffff}]/gu, '\ufffd')
}

/**
 * Throws `unstorable` where Keystone fails or sees a conflict that nothing is found to cause, and a text has such a
 * character. Keystone 22 over MariaDB says no more than 500 ("Incorrect string value" is in its log).
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
