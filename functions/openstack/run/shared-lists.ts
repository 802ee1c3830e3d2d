import type { Lists } from '../../../shared/openstack/plan/find.ts'

/** What Keystone lists once for many projects. */
export type SharedLists = {
  /** Not older than they may be. */
  get: () => Promise<Lists>
  /** Asked for from now on. */
  renew: () => Promise<Lists>
  /** Something was made since: the next one asks again. */
  drop: () => void
}

export type SharedListsOptions = {
  read: () => Promise<Lists>
  now: () => Date
  /** In milliseconds. */
  maxAge: number
}

export function shareLists({ read, now, maxAge }: SharedListsOptions): SharedLists {
  let held: { lists: Promise<Lists>; at: number } | undefined
  const renew = () => {
    const lists = read()
    const current = { lists, at: now().getTime() }
    held = current
    lists.catch(() => {
      if (held === current) held = undefined
    })
    return lists
  }
  return {
    renew,
    get: () => (held && now().getTime() - held.at < maxAge ? held.lists : renew()),
    drop: () => {
      held = undefined
    },
  }
}
