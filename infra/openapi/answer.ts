import type { Schema } from './schema.ts'

export type Reference = { $ref: string }
export type Media = { schema: Schema; examples?: Record<string, Reference> }
export type Answer = {
  description: string
  headers: Record<string, Reference>
  content?: Record<string, Media>
}
