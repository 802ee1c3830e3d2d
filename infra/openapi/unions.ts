import { reference } from './json-schema.ts'
import { componentName } from './names.ts'
import type { Schema } from './schema.ts'
import type { DocumentedRoute } from './documented.ts'

/** Schema name of a change's response, which may be a dry run's; undefined if it has no body otherwise. */
export function unionName({ changes, response }: DocumentedRoute): string | undefined {
  const { schema } = response
  return changes && schema ? `${componentName(schema)}OrChanges` : undefined
}

/** All unions, by name: generators name an anonymous schema by its place. */
export function unionsOf(routes: readonly DocumentedRoute[]): Record<string, Schema> {
  const unions = routes.flatMap((route): [string, Schema][] => {
    const name = unionName(route)
    const { schema } = route.response
    if (name === undefined || !schema) return []
    const anyOf = [reference(componentName(schema)), reference('Changes')]
    return [[name, { description: 'As it is from now on, or what a dry run tells.', anyOf }]]
  })
  return Object.fromEntries(unions)
}
