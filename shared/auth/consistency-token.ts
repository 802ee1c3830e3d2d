// As in `shared/runtime/sha256.ts`.
const { createCipheriv, createDecipheriv, createHmac, hash } = process.getBuiltinModule('node:crypto')

/**
 * Tokens that name a state of a customer's directory, which decisions can be asked to have seen. They are bound to the
 * customer, of one length, and encrypted, so that they say nothing of what has changed.
 */
export type ConsistencyTokens = {
  /** `written`: the items of the change, the most important first; the first 16 are kept. */
  seal(customerId: string, at: Date, written: readonly WrittenItem[]): string
  /** Returns `undefined` for a text that wasn't sealed with this secret for this customer. */
  open(customerId: string, token: string): SealedState | undefined
}

type ItemKey = { pk: string; sk: string }

/** An item with the version that a change has left; 0: it is gone. */
export type WrittenItem = ItemKey & { version: number }

/** The time after the commit, in milliseconds, and the items by hashes of their keys. */
export type SealedState = { at: number; items: readonly SealedItem[] }
type SealedItem = { key: string; version: number }

const cipherName = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16
const timeBytes = 6
const keyBytes = 8
const versionBytes = 4
const itemBytes = keyBytes + versionBytes
const mostItems = 16
const stateBytes = timeBytes + mostItems * itemBytes
/** Characters in base64url. */
const tokenLength = Math.ceil(((nonceBytes + tagBytes + stateBytes) * 4) / 3)

/** `secret` as for cursors, from which another key is derived. */
export function createConsistencyTokens(secret: string): ConsistencyTokens {
  if (secret.length < 16) throw new Error('the secret of consistency tokens must have at least 16 characters')
  const derived = (purpose: string) => createHmac('sha256', secret).update(purpose)
  const key = derived('consistency key').digest()
  /** Derived from the content (as in RFC 5297), so that no two states share a nonce. */
  const nonceOf = (customerId: string, state: Uint8Array) =>
    derived('consistency nonce:').update(bound(customerId)).update(state).digest().subarray(0, nonceBytes)

  return {
    seal(customerId, at, written) {
      const state = packed(at, written)
      const nonce = nonceOf(customerId, state)
      const cipher = createCipheriv(cipherName, key, nonce).setAAD(bound(customerId))
      const sealed = Buffer.concat([cipher.update(state), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
    },
    open(customerId, token) {
      if (token.length !== tokenLength) return undefined
      const bytes = Buffer.from(token, 'base64url')
      const [nonce, tag] = [bytes.subarray(0, nonceBytes), bytes.subarray(nonceBytes, nonceBytes + tagBytes)]
      const sealed = bytes.subarray(nonceBytes + tagBytes)
      if (sealed.length !== stateBytes) return undefined
      const decipher = createDecipheriv(cipherName, key, nonce, { authTagLength: tagBytes })
      decipher.setAAD(bound(customerId)).setAuthTag(tag)
      const state = decipher.update(sealed)
      try {
        decipher.final()
      } catch {
        return undefined
      }
      return unpacked(state)
    },
  }
}

const bound = (customerId: string) => Buffer.from(`consistency:${customerId}`)

function packed(at: Date, written: readonly WrittenItem[]): Buffer {
  const state = Buffer.alloc(stateBytes)
  state.writeUIntBE(at.getTime(), 0, timeBytes)
  for (const [place, { pk, sk, version }] of written.slice(0, mostItems).entries()) {
    const from = timeBytes + place * itemBytes
    state.write(hashOf(`${pk}|${sk}`), from, 'hex')
    state.writeUInt32BE(version, from + keyBytes)
  }
  return state
}

function unpacked(state: Buffer): SealedState {
  const items = Array.from({ length: mostItems }, (_, place): SealedItem => {
    const from = timeBytes + place * itemBytes
    return { key: state.toString('hex', from, from + keyBytes), version: state.readUInt32BE(from + keyBytes) }
  })
  return { at: state.readUIntBE(0, timeBytes), items: items.filter(({ key }) => key !== noKey) }
}

const noKey = '0'.repeat(2 * keyBytes)

const hashOf = (keyText: string): string => hash('sha256', keyText, 'hex').slice(0, 2 * keyBytes)

/**
 * Milliseconds after which a change is assumed to have reached every replica of the table, far above the usual lag of less
 * than a second. A younger token needs a strong read, as it doesn't name the items of changes before its own.
 */
export const replicationTime = 60_000

/** True for a state, sealed long enough ago, that eventually consistent reads may be compared with. */
export const isReplicated = ({ at }: SealedState, now: Date): boolean => now.getTime() - at >= replicationTime

/**
 * True if nothing that was read is older than the state. `seen`: versions by the text of the key, 0 for what isn't there; items
 * of the state that weren't read don't count.
 */
export function hasSeen(seen: ReadonlyMap<string, number>, state: SealedState): boolean {
  if (state.items.length === 0) return true
  const versions = new Map([...seen].map(([keyText, version]) => [hashOf(keyText), version]))
  return state.items.every(({ key, version }) => {
    const found = versions.get(key)
    if (found === undefined) return true
    // What is gone may be back, and what is back begins at version 1: such reads are repeated.
    return version === 0 ? found === 0 : found >= version
  })
}
