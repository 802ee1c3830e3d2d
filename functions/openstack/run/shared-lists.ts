import type { Lists } from '../../../shared/openstack/plan/find.ts'

/** Keystone's lists, requested once for many projects. */
export type SharedLists = {
  /** Returns lists that are younger than `maxAge`. */
  get: () => Promise<Lists>
  /** Requests the lists anew. */
  renew: () => Promise<Lists>
  /** Makes the next `get` request the lists anew, since Keystone was changed. */
  drop: () => void
}

type SharedListsOptions = {
  read: () => Promise<Lists>
  now: () => Date
  /** In milliseconds. */
  maxAge: number
}

export function shareLists({ read, now, maxAge }: SharedListsOptions): SharedLists {
  let cached: { lists: Promise<Lists>; at: number } | undefined
  const renew = () => {
    const lists = read()
    const current = { lists, at: now().getTime() }
    cached = current
    lists.catch(() => {
      if (cached === current) cached = undefined
    })
    return lists
  }
  return {
    renew,
    get: () => (cached && now().getTime() - cached.at < maxAge ? cached.lists : renew()),
    drop: () => {
      cached = undefined
    },
  }
}
