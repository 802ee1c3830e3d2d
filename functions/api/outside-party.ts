import type { Asker } from '../../shared/directory/list-readable.ts'
import { typeOf } from '../../shared/domain/user.ts'
import type { Call } from './call.ts'

/** The caller, if it's a client: an outside party, who sees no one else. */
export function outsideParty({ access: { asker } }: Call): Asker | undefined {
  return asker && typeOf(asker.user) === 'customer-client' ? asker : undefined
}
