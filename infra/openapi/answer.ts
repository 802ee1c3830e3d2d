import type { Parameter } from './parameters.ts'
import type { Schema } from './schema.ts'

export type Reference = { $ref: string }
export type Media = { schema: Schema; examples?: Record<string, Reference> }
export type Answer = {
  description: string
  headers: Record<string, Reference>
  content?: Record<string, Media>
}

export type Operation = {
  operationId: string
  summary: string
  description: string
  tags: string[]
  security?: []
  parameters: (Parameter | Reference)[]
  requestBody?: { required: boolean; content: Record<string, Media> }
  responses: Record<string, Answer | Reference>
}
