import type { Route } from '../../functions/api/routing/route.ts'
import { reference } from './json-schema.ts'
import { componentName } from './names.ts'
import type { Schema } from './schema.ts'

/** What the answer of a change is called, which may be that of a dry run; undefined where it has no body otherwise. */
export function unionName({ changes, response }: Route): string | undefined {
  const { schema } = response
  return changes && schema ? `${componentName(schema)}OrChanges` : undefined
}

/** All of them, by name: generators call what has no name after where they find it. */
export function unionsOf(routes: readonly Route[]): Record<string, Schema> {
  const unions = routes.flatMap((route): [string, Schema][] => {
    const name = unionName(route)
    const { schema } = route.response
    if (name === undefined || !schema) return []
    const anyOf = [reference(componentName(schema)), reference('Changes')]
    return [[name, { description: 'As it is from now on, or what a dry run tells.', anyOf }]]
  })
  return Object.fromEntries(unions)
}
