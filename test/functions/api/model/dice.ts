import * as fc from 'fast-check'
import type { IfMatch, IfMatchMode } from './action.ts'
import * as state from './state.ts'

/**
 * Numbers below 1000 that a command is made of when its turn comes: which of those there are then, and which variant. So
 * it means something whatever came before, and goes on to while a failure is shrunk.
 */
export type Dice = {
  caller: number
  which: number
  customer: number
  user: number
  project: number
  server: number
  variant: number
  more: number
  ifMatch: number
  wait: number
}

/** The ends of a range, which fast-check likes best, are no more interesting than the rest. */
const number = fc.noBias(fc.nat(999))
export const dice: fc.Arbitrary<Dice> = fc.record({
  caller: number,
  which: number,
  customer: number,
  user: number,
  project: number,
  server: number,
  variant: number,
  more: number,
  ifMatch: number,
  wait: number,
})

export function pick<const T>(list: readonly T[], die: number): T {
  const picked = list[die % list.length]
  if (picked === undefined && list.length === 0) throw new Error('nothing to pick from')
  return picked as T
}

/** Mostly the first customer, else another, rarely one that there isn't. */
export function pickCustomer({ customers }: state.Model, die: number): state.Customer | undefined {
  const open = customers.filter(({ status }) => status !== 'closed')
  const [first] = open.length > 0 && die % 100 < 95 ? open : customers
  if (die < 700) return first
  return die < 985 ? customers[die % customers.length] : undefined
}

/** Somebody of the customer: most often present, sometimes its owner, gone or another customer's. */
export function pickUser(model: state.Model, customer: state.Customer, die: number): state.User | undefined {
  if (die < 20) return undefined
  if (die < 40) return model.customers.find((each) => each !== customer)?.owner
  if (die < 150) return customer.owner
  const gone = customer.users.filter(({ deleted }) => deleted)
  const others = state.present(customer).filter((user) => !state.isOwner(user))
  const list = die < 190 && gone.length > 0 ? gone : others
  return list[die % list.length] ?? customer.owner
}

export function pickProject(
  model: state.Model,
  customer: state.Customer,
  die: number,
): state.Project | undefined {
  if (die < 20) return undefined
  if (die < 50) return model.customers.filter((each) => each !== customer).flatMap(state.live)[0]
  const gone = customer.projects.filter(({ deleted }) => deleted)
  const list = die < 90 && gone.length > 0 ? gone : state.live(customer)
  return list[die % list.length]
}

export const serverIds = ['vps-1', 'VPS_2', 'vps.three'] as const

export function findServer(customer: state.Customer, id: string): state.Server | undefined {
  return customer.servers.find((server) => server.id === id)
}

/** What the header says, where the path gives a single resource. */
export function ifMatchFor(
  die: number,
  { isRequired = false, ...of }: { isRequired?: boolean; isThere: boolean; path: string },
): IfMatch {
  return { ...of, isRequired, mode: isRequired ? requiredMode(die) : honouredMode(die) }
}

function requiredMode(die: number): IfMatchMode {
  if (die < 900) return 'right'
  if (die < 940) return 'none'
  if (die < 970) return 'wrong'
  return die < 985 ? 'any' : 'malformed'
}

function honouredMode(die: number): IfMatchMode {
  if (die < 820) return 'none'
  if (die < 920) return 'right'
  if (die < 955) return 'any'
  return die < 990 ? 'wrong' : 'malformed'
}

const second = 1000
export const day = 86_400 * second

/** Milliseconds between two commands: mostly none, for within one moment the order is hardest to keep. */
export function waitOf(die: number): number {
  if (die < 880) return 0
  if (die < 940) return 1
  if (die < 975) return 7 * second
  if (die < 990) return 3_600 * second
  return (die < 997 ? 2 : 8) * day
}
