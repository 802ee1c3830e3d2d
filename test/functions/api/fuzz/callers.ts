import type { Random } from '../../../support/random.ts'
import { check, nobody, operator } from '../base.ts'
import type { Service } from './service.ts'

const people = ['owner', 'admin', 'billing', 'tech'] as const
const others = ['check', 'nobody', 'stranger', 'without a token'] as const
/** As scenes have it. */
const mailOf = (name: string, customer: string) => `${name}.${Number(customer.slice(3))}@scene.example`

/** Who makes a request: one of the customer's people, or somebody whom the customer means nothing. */
export type Caller = (typeof people)[number] | (typeof others)[number] | 'operator'

const often: readonly Caller[] = [...Array<Caller>(7).fill('operator'), 'owner', 'owner', 'admin']
const everybody: readonly Caller[] = [...people, ...others]

/** Mostly somebody who may. */
export function pickCaller(random: Random): Caller {
  return random.pick(random.chance(0.8) ? often : everybody)
}

export async function authorizationOf(
  service: Service,
  caller: Caller,
  customer: string,
): Promise<string | undefined> {
  if (caller === 'without a token') return undefined
  return `Bearer ${await service.tokenOf(claimsOf(caller, customer))}`
}

function claimsOf(caller: Caller, customer: string): Record<string, unknown> {
  if (caller === 'operator') return operator
  if (caller === 'check') return check
  if (caller === 'nobody') return nobody
  const email = mailOf(caller, customer)
  return { sub: email, email, email_verified: true }
}
