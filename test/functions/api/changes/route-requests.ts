import { routes } from '../../../../functions/api/routes.ts'

/** A route's method and path, with these names in it. */
export function requestTo(id: string, names: Record<string, string>) {
  const route = routes.find((each) => each.id === id)
  if (!route) throw new Error(`there is no route ${id}`)
  const path = filled(route.path, names)
  return { method: route.method.toUpperCase(), path, isMatchRequired: route.ifMatch === 'required' }
}

/** A path with names in the places of its parameters. */
export const filled = (path: string, names: Record<string, string | undefined>) =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => names[name] ?? '')

const actions = /\/(type|suspend|resume|close|login|invite|retry|decision|decisions|apply|cancel|accept)$/

/** Where the ETag is read that a change's preconditions speak of: its own place, or that of what an action is done to. */
export function taggedPlace({ method, path }: { method: string; path: string }): string {
  const ofCustomer = method === 'POST' ? /\/ownership-transfer(\/force)?$/ : /\/force$/
  return path.replace(ofCustomer, '').replace(actions, '')
}
