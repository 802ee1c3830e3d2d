import { notFound } from '../authorization/denial.ts'
import type { Call } from '../authorization/request-context.ts'
import type { RepresentationName } from '../schemas.ts'

/** How an entity is answered. */
export type Shown<T> = {
  schema: RepresentationName
  /** `undefined`: what was loaded tells that it isn't there. */
  show: (call: Call, entity: T) => object | undefined
}

/**
 * What a single resource is to its routes: a GET shows it, `If-Match` is compared with its ETag as shown, and a change
 * is answered with what will be, shown likewise.
 */
export type Subject<T, Loaded extends T = T> = Shown<T> & {
  /** What a 404 calls it. */
  name: string
  /** As it is, read strongly. */
  load: (call: Call) => Loaded | Promise<Loaded>
}

/** As shown, for routes that need it to be there. Throws `not-found`. */
export function shownOrNotFound<T>({ name, show }: Subject<T>, call: Call, entity: T): object {
  const shown = show(call, entity)
  if (!shown) throw notFound(name)
  return shown
}

/** As shown, for what a change has just made sure of. */
export function mustShow<T>({ schema, show }: Shown<T>, call: Call, entity: T): object {
  const shown = show(call, entity)
  if (!shown) throw new Error(`there is no ${schema} after its change`)
  return shown
}
