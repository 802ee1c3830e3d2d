import * as v from 'valibot'
import { line } from './text.ts'

/** A Keystone project name has 64 characters at most; ours there is `<customerId>_<name>`. */
export const maxProjectName = (customerId: string) => 63 - customerId.length

export const projectNameOf = (customerId: string) => line(maxProjectName(customerId))
/** What a project of this customer is created with. */
export const NamedProject = (customerId: string) => v.object({ name: projectNameOf(customerId) })
/** Any customer's: the identifier's own length is checked where the customer is known. */
export const ProjectName = line(62)

/** What is compared: names are unique within a customer ignoring case. */
export function projectNameKey(name: string): string {
  return name.normalize('NFC').toLowerCase().normalize('NFC')
}

/** The Main project's name is the customer's identifier. */
export function isMainName(customerId: string, name: string): boolean {
  return projectNameKey(name) === projectNameKey(customerId)
}

export const mainProjectId = 'main'
export const mainDescription = 'Main Customer Interface Project'
