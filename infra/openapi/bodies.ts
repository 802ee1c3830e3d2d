import type { GenericSchema } from 'valibot'
import {
  Action,
  Entity,
  PartialAction,
  PartialEntity,
  PartialEvaluation,
} from '../../functions/access/decisions/parse.ts'
import { bodyLimit } from '../../shared/http/request/body-limit.ts'
import { schemasOf } from './json-schema.ts'
import { bodyName } from './names.ts'
import type { Schema } from './schema.ts'
import { limitTexts } from './simplify.ts'
import type { DocumentedRoute } from './documented.ts'

/** Schemas that several bodies share, by name. */
const parts: [name: string, schema: GenericSchema, description: string][] = [
  ['Entity', Entity, 'A subject or resource (AuthZEN 1.0, sections 5.1 and 5.2).'],
  ['Action', Action, 'What would be done (section 5.3).'],
  ['PartialEntity', PartialEntity, 'What an entity is, but for what stands elsewhere.'],
  ['PartialAction', PartialAction, 'What an action is, but for what stands elsewhere.'],
  [
    'PartialEvaluation',
    PartialEvaluation,
    'One of several questions; what it lacks stands outside (section 7.1.1).',
  ],
]

/** The schemas of all request bodies, and the shared ones. */
export function bodiesOf(routes: readonly DocumentedRoute[]): Record<string, Schema> {
  const named = [...parts]
  for (const route of routes) {
    const name = bodyName(route)
    if (name !== undefined && route.body) named.push([name, route.body, `What \`${route.id}\` takes.`])
  }
  const schemas = schemasOf(Object.fromEntries(named.map(([name, schema]) => [name, schema])))
  return Object.fromEntries(
    named.map(([name, , description]) => [
      name,
      { description, ...limitTexts(schemas[name] ?? {}, bodyLimit) },
    ]),
  )
}
