import type { WholeCustomer } from '../../../../shared/directory/customers/export-lines.ts'
import type { Claim } from '../../../../shared/domain/entities/claim.ts'
import type { StoredGrant } from '../../../../shared/domain/entities/grant.ts'
import type { Transfer } from '../../../../shared/domain/entities/ownership-offer.ts'
import { isLive } from '../../../../shared/domain/entities/project.ts'
import type { AuditEvent } from '../../../../shared/domain/values/audit-event.ts'
import { type Admins, asAdmins, asCustomer } from '../../../../shared/records/customers.ts'
import { asGrant, grantKeyOf } from '../../../../shared/records/grants.ts'
import { asLogin, type Login } from '../../../../shared/records/logins.ts'
import { asProject } from '../../../../shared/records/projects.ts'
import { asServer } from '../../../../shared/records/servers.ts'
import { asUser } from '../../../../shared/records/users.ts'
import type { Item } from '../../../../shared/table/item.ts'
import { keys, keyText, prefixes } from '../../../../shared/table/keys.ts'

/** A customer as the table has it. */
export type Directory = {
  /** Markers of what was deleted included. */
  everything: WholeCustomer
  /** What is there. */
  present: WholeCustomer
  admins: Admins
  /** By e-mail address; by project name as it is compared. */
  emails: Map<string, Claim & Item>
  names: Map<string, Claim>
  logins: Login[]
  transfer: Transfer | undefined
  events: AuditEvent[]
}

/** Undefined where there's no such customer. */
export function readDirectory(items: ReadonlyMap<string, Item>, customerId: string): Directory | undefined {
  const { pk } = keys.customer(customerId)
  const mine = [...items.values()].filter((item) => item.pk === pk || item.pk.startsWith(`${pk}#`))
  const customer = asCustomer(mine.find(({ sk }) => sk === 'CUSTOMER'))
  const admins = asAdmins(mine.find(({ sk }) => sk === 'ADMINS'))
  if (!customer || !admins) return undefined
  const under = (prefix: string) => mine.filter(({ sk }) => sk.startsWith(prefix))
  const claims = (prefix: string) =>
    new Map(under(prefix).map((item) => [item.sk.slice(prefix.length), item as Claim & Item]))
  const everything = {
    customer,
    holders: holdersOf(mine),
    projects: some(under(prefixes.projects).map(asProject)),
    servers: some(under(prefixes.servers).map(asServer)),
  }
  return {
    everything,
    present: {
      customer,
      holders: everything.holders.filter(({ user }) => !user.deleted),
      projects: everything.projects.filter(isLive),
      servers: everything.servers.filter(({ exists }) => exists),
    },
    admins,
    emails: claims(prefixes.emails),
    names: claims('NAME#'),
    logins: some(
      [...items.values()].filter(({ pk: of, sk }) => of.startsWith('L#') && sk === customerId).map(asLogin),
    ),
    transfer: mine.find(({ sk }) => sk === 'TRANSFER') as (Item & Transfer) | undefined,
    events: mine.filter((item) => item.pk === keys.event(customerId, '').pk) as (Item & AuditEvent)[],
  }
}

function holdersOf(items: readonly Item[]): WholeCustomer['holders'] {
  const registers = Map.groupBy(
    some(items.filter(({ sk }) => sk.startsWith('GRANT#')).map(asGrant)),
    ({ userId }) => userId,
  )
  const users = some(items.filter(({ sk }) => sk === 'USER').map(asUser))
  return users.map((user) => ({
    user,
    grants: new Map((registers.get(user.id) ?? []).map((grant) => [grantKeyOf(grant.resource), grant])),
  }))
}

/** Registers of a user or a resource that there never was. */
export function orphans(items: ReadonlyMap<string, Item>): StoredGrant[] {
  const grants = some([...items.values()].filter(({ sk }) => sk.startsWith('GRANT#')).map(asGrant))
  return grants.filter(({ customerId, userId, resource: { kind, id } }) => {
    const resource = kind === 'project' ? keys.project(customerId, id) : keys.server(customerId, id)
    return [keys.user(customerId, userId), resource].some((key) => !items.has(keyText(key)))
  })
}

const some = <T>(list: readonly (T | undefined)[]): T[] => list.filter((each) => each !== undefined)
