import type { Caller } from './callers.ts'
import { customers, type PersonName } from './cast.ts'
import type { Dimension, Ids, Row } from './rows.ts'
import type { Scene } from './scene.ts'
import { foreignTo, type Target } from './targets.ts'

export function idsOf(scene: Scene, row: Row, caller: Caller, target: Target): Ids {
  const at = isCustomer(target.c) ? target.c : foreignTo(caller.home ?? 'other')
  const idOf = (dimension: Dimension, kind: string): string | undefined => {
    const like = likeness[dimension] ?? dimension
    if (kind === 'malformed') return 'a#b'
    if (kind === 'unknown') return nowhere[like]
    const self = caller.home && caller.who && scene[caller.home].users[caller.who]
    if (kind === 'self') return like === 'i' ? itemOf(self, scene[at].things.p.held) : self
    if (like === 'c') return isCustomer(kind) ? customers[kind].id : undefined
    const { users, things, review } = scene[kind === 'foreign' ? foreignTo(at) : at]
    if (like === 'r') return review
    if (like === 'i') return itemOf(users[names[kind] ?? 'spare tech'], things.p.held)
    if (like === 'p' || like === 's') return things[like][kind === 'foreign' ? 'held' : kind]
    if (like !== 'u') return known[`${dimension} ${kind}`]
    // Another customer's would do for it.
    if (dimension === 'to' && kind === 'foreign') return users[names.offered ?? '']
    return users[names[kind] ?? row.ordinary ?? 'spare tech']
  }
  const kinds = Object.entries(target) as [Dimension, string][]
  return Object.fromEntries(kinds.map(([dimension, kind]) => [dimension, idOf(dimension, kind)]))
}

const itemOf = (user = '', project = '') => `${user}.project.${project}`

const likeness: Partial<Record<Dimension, Dimension>> = { to: 'u', subject: 'u', keep: 'p' }
const names: Record<string, PersonName> = {
  'main-customer': 'owner',
  deleted: 'deleted tech',
  offered: 'admin who is offered the ownership',
}
const nowhere: Ids = {
  c: 'ZZZ999999',
  u: 'usr_01ARZ3NDEKTSV4RRFFQ69G5FAV',
  p: 'prj_01ARZ3NDEKTSV4RRFFQ69G5FAV',
  s: 'vps-nowhere',
  r: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  i: 'usr_01ARZ3NDEKTSV4RRFFQ69G5FAV.project.main',
  source: 'nowhere',
  id: 'evt_unknown',
  t: `${'a'.repeat(43)}.${'b'.repeat(43)}`,
}
const known: Record<string, string> = {
  'source known': 'orders',
  'id known': 'evt_known',
  'newId free': 'NEW000005',
  'newId taken': customers.other.id,
}

export const isCustomer = (name: string | undefined): name is keyof typeof customers =>
  name !== undefined && Object.hasOwn(customers, name)
