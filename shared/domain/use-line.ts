import { isId } from './id.ts'
import { levels } from './role.ts'
import type { Use } from './use.ts'

/** The message of the log line that tells of a use. */
export const usedMessage = 'a right was used'

/** A use as one field of a log line, beside that of the customer: `usr_… project/prj_… read`. */
export const useText = ({ userId, resource: { kind, id }, level }: Use): string =>
  `${userId} ${kind}/${id} ${level}`

/** Reads what `useText` wrote of a customer's user; `undefined` if it isn't that. */
export function parseUse(customerId: string, text: string): Use | undefined {
  const [, userId = '', kind, id = '', name] = /^(\S+) (project|server)\/(\S+) (\S+)$/.exec(text) ?? []
  const level = levels.find((each) => each === name)
  if (!level || ![customerId, userId, id].every(isId)) return undefined
  return { customerId, userId, resource: { kind: kind === 'project' ? 'project' : 'server', id }, level }
}
