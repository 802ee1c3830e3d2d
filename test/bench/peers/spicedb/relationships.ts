import { assignmentOf, membershipOf } from '../../../../shared/domain/access/membership.ts'
import { mainProjectOf } from '../../../../shared/domain/access/main-project.ts'
import type { Customer } from '../../../../shared/domain/entities/customer.ts'
import { isExpired } from '../../../../shared/domain/entities/grant.ts'
import { isLive, type Project } from '../../../../shared/domain/entities/project.ts'
import type { Server } from '../../../../shared/domain/entities/server.ts'
import { isMainCustomer, typeOf, type User } from '../../../../shared/domain/entities/user.ts'
import type { Instant } from '../../../../shared/domain/values/instant.ts'
import { asGrant, grantKeyOf } from '../../../../shared/records/grants.ts'
import type { Item } from '../../../../shared/table/item.ts'

/** `project:C/prj_1#full@user:C/usr_1` in its four parts; SpiceDB's ids allow `/` and no `.`. */
export type Relationship = readonly [type: string, id: string, relation: string, user: string]

export const idIn = (customerId: string, id: string): string =>
  `${customerId}/${id.replaceAll(/[^\w-]/g, (letter) => `=${letter.charCodeAt(0).toString(16)}`)}`

/** What the directory comes to at the moment: histories and expiries can't be said, so they are resolved here. */
export function relationshipsOf(items: readonly Item[], now: Instant): Relationship[] {
  const found: Relationship[] = []
  const of = <T>(kind: string) =>
    Map.groupBy(
      items.filter(({ sk }) => sk.split('#')[0] === kind),
      (item) => String(item.customerId ?? item.id),
    ) as unknown as Map<string, T[]>
  const [users, projects, servers] = [of<User>('USER'), of<Project>('PROJECT'), of<Server>('SERVER')]
  const stored = items.filter(({ sk }) => sk.startsWith('GRANT#')).flatMap((item) => asGrant(item) ?? [])
  const grants = new Map(
    stored.map((grant) => [`${grant.customerId}/${grant.userId}/${grantKeyOf(grant.resource)}`, grant]),
  )
  for (const [customer] of of<Customer>('CUSTOMER').values()) {
    if (!customer) continue
    const { id: c, status } = customer
    const add = (type: string, id: string, relation: string, user: string) =>
      found.push([type, idIn(c, id), relation, user])
    if (status === 'active') add('customer', c, 'open', 'user:*')
    if (status !== 'closed') add('customer', c, 'payable', 'user:*')
    const main = mainProjectOf(customer)
    const live = (projects.get(c) ?? []).filter(isLive)
    const present = (servers.get(c) ?? []).filter(({ exists }) => exists)
    add('main_project', 'main', 'customer', `customer:${idIn(c, c)}`)
    for (const { id } of live) add('project', id, 'customer', `customer:${idIn(c, c)}`)
    for (const { id } of present) add('server', id, 'customer', `customer:${idIn(c, c)}`)
    for (const user of users.get(c) ?? []) {
      if (user.deleted) continue
      const self = `user:${idIn(c, user.id)}`
      add('person', user.id, 'customer', `customer:${idIn(c, c)}`)
      if (!isMainCustomer(user)) add('person', user.id, 'managed_at', `customer:${idIn(c, c)}`)
      if (user.status === 'disabled') continue
      add('person', user.id, 'self', self)
      const grantOf = (kind: string, id: string) => grants.get(`${c}/${user.id}/${kind}/${id}`)
      const held = <T extends { expiresAt?: Instant | undefined }>(terms: T | undefined) =>
        terms && !isExpired(terms, now) ? terms : undefined
      const inMain = held(membershipOf(user, main, grantOf('project', 'main')))
      const type = typeOf(user).replace('customer-', '')
      if (type === 'main-customer') add('customer', c, 'owner', self)
      if (inMain) {
        if (type === 'admin' || type === 'billing') add('customer', c, type, self)
        else if (type !== 'main-customer') {
          add('customer', c, 'guest', self)
          add('main_project', 'main', 'member', self)
          if (inMain.roles.includes('cdn')) add('customer', c, 'cdn', self)
        }
      }
      for (const project of live) {
        const membership = held(membershipOf(user, project, grantOf('project', project.id)))
        if (!membership || type === 'main-customer') continue
        add('project', project.id, 'member', self)
        for (const role of membership.roles)
          add('project', project.id, role === 'full' ? role : `${role.replace(':', '_')}_role`, self)
      }
      for (const server of present) {
        const assignment = held(assignmentOf(user, server, grantOf('server', server.id)))
        for (const capability of assignment?.capabilities ?? []) add('server', server.id, capability, self)
      }
    }
  }
  return found
}
