import { projectKey, type UserType } from './vocabulary.ts'

export type OracleEvent = { id: string; type: string; timestamp: string; data: Record<string, unknown> }

export type Grant = { roles: readonly string[]; expiresAt?: string }

/** The last that was said about a user and a place: its grant, or none when it was taken away. */
export type Word = { place: string; email: string; turn: number; grant: Grant | undefined }

export type User = { email: string; type: UserType; since: Turn; disabled: boolean }
export type Project = { name: string; createdAt: string }
export type Customer = {
  id: string
  exists: boolean
  status: 'active' | 'suspended' | 'closed'
  users: Map<string, User>
  projects: Map<string, Project>
  servers: Set<string>
  words: Map<string, Word>
}

/** When something happened: its place in the order of all events, and its instant. */
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
    status: 'active',
    users: new Map(),
    projects: new Map(),
    servers: new Set(),
    words: new Map(),
  }
}
