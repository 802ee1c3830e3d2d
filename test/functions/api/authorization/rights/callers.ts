import type { World } from '../../world.ts'
import { badTokens } from './bad-tokens.ts'
import { cast, type CustomerName, emailOf, people, type Person, type PersonName } from './cast.ts'

export type Caller = {
  name: string
  kind: 'bad token' | 'person' | 'operator' | 'check' | 'nobody'
  token: (world: World) => Promise<string | undefined>
  /** Where a person is a user, and which. */
  home?: CustomerName
  who?: PersonName
  user?: Person
  /** Who it is elsewhere than where it asks. */
  usually?: { home: CustomerName; who: PersonName }
  /** Whose token doesn't say that the address is verified. */
  isUnverified?: true
  /** Operators say why. */
  reason?: string
}

const person = (home: CustomerName, who: PersonName): Caller => ({
  name: home === 'acme' ? who : `${who} of ${home}`,
  kind: 'person',
  token: (world) => world.person(emailOf(home, who)),
  home,
  who,
  user: cast[who],
})

/** A person who is no user where it asks. */
const outsider = (name: string, token: Caller['token']): Caller => ({ name, kind: 'person', token })

const stranger = (who: PersonName): Caller => ({
  ...outsider(`${who} of another customer`, (world) => world.person(emailOf('other', who))),
  usually: { home: 'other', who },
})

const atAcme = people
  .filter(([who, { becomes }]) => becomes !== 'deleted' && !who.startsWith('spare'))
  .map(([who]) => person('acme', who))
const inNeed = (['suspended', 'closed'] as const).flatMap((home) =>
  (['owner', 'admin', 'billing', 'tech'] as const).map((who) => person(home, who)),
)

export const callers: readonly Caller[] = [
  ...badTokens.map(
    ([name, token]): Caller => ({ name: `a token that is ${name}`, kind: 'bad token', token }),
  ),
  ...atAcme,
  ...inNeed,
  stranger('owner'),
  stranger('admin'),
  outsider('somebody who was deleted', (world) => world.person(emailOf('acme', 'deleted tech'))),
  outsider('somebody who is nobody here', (world) => world.person('nobody@elsewhere.example')),
  {
    ...outsider("somebody with the owner's address, unverified", (world) =>
      world.person(emailOf('acme', 'owner'), { sub: 'unverified', email_verified: false }),
    ),
    isUnverified: true,
  },
  { name: 'operator', kind: 'operator', token: (world) => world.operator(), reason: 'asked to' },
  { name: 'operator without a reason', kind: 'operator', token: (world) => world.operator() },
  { name: 'check', kind: 'check', token: (world) => world.check() },
  {
    name: 'nobody: the scope operator without being listed',
    kind: 'nobody',
    token: (world) => world.nobody(),
  },
  {
    name: 'nobody: the scope check without being listed',
    kind: 'nobody',
    token: ({ issuer }) => issuer.token({ sub: 'someone', client_id: 'someone', scope: 'check' }),
  },
]
