/**
 * A question as it is meant, without the histories and stamps by which it is stored. Peers are asked this: whatever
 * they would have to read and work out beforehand is done for them.
 */
export type Meaning = {
  action: string
  /** Any unit, as long as `until` has the same. */
  now: number
  customer: 'active' | 'suspended' | 'closed' | 'none'
  user: { id: string; type: string; status: 'active' | 'disabled' | 'none' }
  /** The membership of Main. */
  main: Terms | undefined
  resource: {
    kind: string
    id: string
    exists: boolean
    isMain: boolean
    /** A user who is the main-customer. */
    isMainCustomer: boolean
    /** The membership of the project, or the assignment of the server. */
    held: Terms | undefined
  }
}

/** Roles or capabilities, and the moment from which they aren't held any more. */
export type Terms = { names: readonly string[]; until: number | undefined }

/** One of the libraries: gives allowed or not. */
export type Peer = { name: string; isAllowed: (meaning: Meaning) => boolean }
