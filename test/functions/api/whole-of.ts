import type { WholeCustomer } from '../../../shared/directory/customers/export-lines.ts'
import { keyText } from '../../../shared/table/keys.ts'
import type { Shadow } from '../../support/shadow.ts'
import { readDirectory } from './model/directory.ts'

/** Everything of the customer that is there, as the items say. */
export function wholeOf(shadow: Shadow, c: string): WholeCustomer {
  const directory = readDirectory(new Map(shadow.all().map((item) => [keyText(item), item])), c)
  if (!directory) throw new Error(`there is no customer ${c}`)
  return directory.present
}
