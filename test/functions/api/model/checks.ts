import { exportLines } from '../../../../shared/directory/customers/export-lines.ts'
import { replay } from '../../provisioning/replay.ts'
import { violations } from './agreements.ts'
import type { Directory } from './directory.ts'
import { canonical, linesOf } from './lines.ts'
import { currentOffer, type Customer } from './state.ts'

/** Everything that has to be true of a customer whatever came before; empty, or what isn't. */
export function wrongIn(directory: Directory, model: Customer, now: number): string[] {
  const lines = linesFrom(exportLines(directory.present))
  return [
    ...violations(directory),
    ...difference('the directory', lines, 'the model', linesOf(model)),
    ...replayed(directory, lines),
    ...offers(directory, model, now),
  ]
}

const linesFrom = (exported: readonly string[]) =>
  exported.map((line) => canonical(JSON.parse(line))).toSorted()

/** What only the one or only the other has. */
function difference(
  one: string,
  ofOne: readonly string[],
  other: string,
  ofOther: readonly string[],
): string[] {
  const [known, wanted] = [new Set(ofOne), new Set(ofOther)]
  return [
    ...ofOne.filter((line) => !wanted.has(line)).map((line) => `only ${one} has ${line}`),
    ...ofOther.filter((line) => !known.has(line)).map((line) => `only ${other} has ${line}`),
  ]
}

/** The events alone give the same directory. */
function replayed({ present, events, logins, transfer }: Directory, lines: readonly string[]): string[] {
  const again = replay(present.customer.id, events)
  const linked = logins.map(({ hash, userId }) => `${hash} ${userId}`)
  const offered = ({ to, offeredBy, expiresAt }: Partial<NonNullable<typeof transfer>> = {}) =>
    canonical({ to, offeredBy, expiresAt })
  return [
    ...difference('the directory', lines, 'its replay', linesFrom(exportLines(again))),
    ...difference(
      'the directory',
      linked,
      'its replay',
      [...again.logins].map((pair) => pair.join(' ')),
    ),
    ...difference('the directory', [offered(transfer)], 'its replay', [offered(again.transfer)]),
  ]
}

function offers({ transfer, present: { customer } }: Directory, model: Customer, now: number): string[] {
  const isStanding = transfer?.offeredBy === customer.mainCustomerId && Date.parse(transfer.expiresAt) > now
  const expected = currentOffer(model, now)?.to.id
  const offered = isStanding ? transfer.to : undefined
  return offered === expected ? [] : [`the ownership is offered to ${offered}, and should be to ${expected}`]
}
