import type { ResourceRef } from '../../domain/access/decide.ts'
import { fieldsError } from '../../domain/values/errors.ts'
import type { Page, PageRequest } from '../../table/query.ts'
import type { AccessAt } from './access-at.ts'
import { accessOfPair } from './of-pair.ts'
import { listOfResource } from './of-resource.ts'
import { listOfSubject } from './of-subject.ts'
import { type AccessQuestion, checkTime } from './question.ts'

type Parties = { subject?: string | undefined; resource?: ResourceRef | undefined }

/**
 * Lists who had access to what at a time, as the decision point would have answered: for a user, a resource, or both.
 * What hadn't happened yet, or was over, gives an empty list; so does what was never there. A call makes ten requests at
 * most; after many changes since that time, the first calls return an empty page.
 */
export async function listAccessAt(
  question: AccessQuestion & { now: string },
  { subject, resource }: Parties,
  page: PageRequest,
): Promise<Page<AccessAt>> {
  checkTime(question.time, question.now)
  if (subject !== undefined && resource) {
    const access = await accessOfPair(question, subject, resource)
    if (access === 'unread') return { items: [], next: { part: 'pair' } }
    return { items: access ? [access] : [] }
  }
  if (subject !== undefined) return listOfSubject(question, subject, page)
  if (resource) return listOfResource(question, resource, page)
  const detail = 'is missing: subject, resource or both'
  throw fieldsError('invalid-request', [{ pointer: 'subject', detail }], 'In the query: ')
}
