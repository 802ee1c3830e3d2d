import * as v from 'valibot'
import { caseFold } from './case-fold.ts'
import { line } from './text.ts'

/** A Keystone project name has 64 characters at most; ours there is `<customerId>_<name>`. */
export const maxProjectName = (customerId: string) => 63 - customerId.length

/** In Keystone a deleted project is called by its id, which nothing else may be called by then; case doesn't count there. */
const looksLikeId = (name: string) => /^prj_[0-9a-z]{26}$/i.test(name)

const projectLine = (max: number) =>
  v.pipe(
    line(max),
    v.check((name) => !looksLikeId(name), 'must not look like a project id'),
  )

export const projectNameOf = (customerId: string) => projectLine(maxProjectName(customerId))
/** What a project of this customer is created with. */
export const NamedProject = (customerId: string) => v.object({ name: projectNameOf(customerId) })
/** Any customer's: the identifier's own length is checked where the customer is known. */
export const ProjectName = projectLine(62)

/** What is compared: names are unique within a customer by Unicode case folding. */
export const projectNameKey = (name: string): string => caseFold(name)

/** The Main project's name is the customer's identifier. */
export function isMainName(customerId: string, name: string): boolean {
  return projectNameKey(name) === projectNameKey(customerId)
}

export const mainProjectId = 'main'
export const mainDescription = 'Main Customer Interface Project'
