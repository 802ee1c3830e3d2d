import { notFound } from '../authorization/denial.ts'
import type { RequestContext } from '../authorization/request-context.ts'
import type { RepresentationName } from '../schemas.ts'

/** How an entity is answered. */
export type Presenter<T> = {
  schema: RepresentationName
  /** `undefined`: what was loaded tells that it isn't there. */
  show: (call: RequestContext, entity: T) => object | undefined
}

/**
 * What a single resource is to its routes: a GET shows it, `If-Match` is compared with its ETag as shown, and a change
 * is answered with what will be, shown likewise.
 */
export type Resource<T, Loaded extends T = T> = Presenter<T> & {
  /** What a 404 calls it. */
  name: string
  /** As it is, read strongly. */
  load: (call: RequestContext) => Loaded | Promise<Loaded>
}

/** As shown, for routes that need it to be there. Throws `not-found`. */
export function presentOrNotFound<T>({ name, show }: Resource<T>, call: RequestContext, entity: T): object {
  const shown = show(call, entity)
  if (!shown) throw notFound(name)
  return shown
}

/** As shown, for what a change has just made sure of. */
export function presentOrFail<T>({ schema, show }: Presenter<T>, call: RequestContext, entity: T): object {
  const shown = show(call, entity)
  if (!shown) throw new Error(`there is no ${schema} after its change`)
  return shown
}
