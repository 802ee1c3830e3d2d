import { projectKey, type UserType } from './vocabulary.ts'

export type OracleEvent = { id: string; type: string; timestamp: string; data: Record<string, unknown> }

/** `until`: the expiry as it was written. */
export type Grant = { roles: readonly string[]; expiresAt?: string; until?: string }

/** The newest event about a user and a place: its grant, or none if it was revoked. */
export type Word = { place: string; email: string; turn: number; grant: Grant | undefined }

export type User = { email: string; name: string; type: UserType; since: Turn; disabled: boolean }
export type Project = { name: string; createdAt: string; description: string | undefined }
export type Customer = {
  id: string
  exists: boolean
  /** The address of the main-customer, from its creation on or before. */
  owner: string
  status: 'active' | 'suspended' | 'closed'
  organisation: string
  users: Map<string, User>
  projects: Map<string, Project>
  /** Host names by id. */
  servers: Map<string, string>
  words: Map<string, Word>
  /** Grants above the ceiling of the type that their user had then, which wait. */
  above: Map<string, Word>
}

/** The moment of an event: its place in the order of all events, and its instant. */
export type Turn = { turn: number; at: string }

export const mainPlace = 'main'
export const projectPlace = (name: string) => `project ${projectKey(name)}`
export const serverPlace = (id: string) => `server ${id}`

export const isMainName = (customer: Customer, name: string) => projectKey(name) === projectKey(customer.id)

export const wordAbout = (customer: Customer, place: string, email: string) =>
  customer.words.get(`${place}\n${email}`)

export function unseen(id: string): Customer {
  return {
    id,
    exists: false,
    owner: '',
    status: 'active',
    organisation: '',
    users: new Map(),
    projects: new Map(),
    servers: new Map(),
    words: new Map(),
    above: new Map(),
  }
}
