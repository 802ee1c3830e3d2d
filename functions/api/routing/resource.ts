import { notFound } from '../authorization/denial.ts'
import type { RequestContext } from '../authorization/request-context.ts'
import type { Representation, RepresentationName } from '../schemas.ts'

/** How an entity is shown: as the schema says that documents it. */
export type Presenter<T> = {
  [Name in RepresentationName]: {
    schema: Name
    /** `undefined` for an entity that isn't there, such as a tombstone. */
    show: (call: RequestContext, entity: T) => Representation<Name> | undefined
  }
}[RepresentationName]

/**
 * A single resource, for its routes: a GET shows it, `If-Match` is compared with its ETag as shown, and a change shows
 * what it will be.
 */
export type Resource<T, Loaded extends T = T> = Presenter<T> & {
  /** Its name in a 404. */
  name: string
  /** Reads it strongly. */
  load: (call: RequestContext) => Loaded | Promise<Loaded>
}

/** For routes that need the resource to be there. Throws `not-found`. */
export function presentOrNotFound<T>({ name, show }: Resource<T>, call: RequestContext, entity: T): object {
  const shown = show(call, entity)
  if (!shown) throw notFound(name)
  return shown
}

/** For a resource that a change has just made sure of. */
export function presentOrFail<T>({ schema, show }: Presenter<T>, call: RequestContext, entity: T): object {
  const shown = show(call, entity)
  if (!shown) throw new Error(`there is no ${schema} after its change`)
  return shown
}
