import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { monotonicFactory } from 'ulid'
import { loginHash } from '../../../shared/directory/logins/find-login.ts'
import type { Item } from '../../../shared/table/item.ts'
import { itemsIn } from '../../support/table-copies.ts'
import type { World } from './world.ts'

/** A customer as its events left it. */
export type Template = {
  customerId: string
  /** Its people's subjects, which are their addresses. */
  mails: string[]
  ids: Record<string, string>
}

type Stored = Template & { text: string; at: number }
const stored = new WeakMap<World, Promise<Stored>>()
const nextUlid = monotonicFactory()

/**
 * Copies the customer that `make` made first in this world, with ids of its own: applying its events each time took most
 * of a test's time. Makes it anew where a worker reads what changes, or where the clock has moved.
 */
export async function templateOrCopy(
  world: World,
  make: () => Promise<Template>,
  like: Omit<Template, 'ids'>,
) {
  if (world.isFollowed) return make()
  const pending = stored.get(world)
  // Without a pause before the first is begun: others may ask at the same time.
  const known = pending && (await pending)
  if (known && Math.abs(world.now().getTime() - known.at) < 60_000) return copy(world, known, like)
  const made = make()
  const storing = made.then((template) => store(world, template))
  stored.set(world, storing)
  await storing
  return made
}

async function store(world: World, template: Template): Promise<Stored> {
  const { customerId } = template
  const items = (await itemsIn(world, world.tableName)).filter(
    (item) =>
      `${item.pk}#`.startsWith(`C#${customerId}#`) || (item.pk.startsWith('L#') && item.sk === customerId),
  )
  return { ...template, text: JSON.stringify(items), at: world.now().getTime() }
}

async function copy(
  world: World,
  from: Stored,
  { customerId, mails }: Omit<Template, 'ids'>,
): Promise<Template> {
  const known = [...new Set(from.text.match(/\b(?:usr|prj)_[0-9A-Z]{26}\b/g))].toSorted()
  const hashOf = (subject: string) => loginHash({ issuer: world.issuer.url, subject })
  const replaced = new Map([
    [from.customerId, customerId],
    ...known.map((id) => [id, `${id.slice(0, 4)}${nextUlid()}`] as const),
    ...from.mails.map((mail, place) => [hashOf(mail), hashOf(mails[place] ?? '')] as const),
    ...from.mails.map((mail, place) => [mail, mails[place] ?? ''] as const),
  ])
  let text = from.text
  for (const [old, own] of replaced) text = text.replaceAll(old, own)
  const items = JSON.parse(text) as Item[]
  const puts = items.map((Item) => ({ Put: { TableName: world.tableName, Item } }))
  await world.documents.send(new TransactWriteCommand({ TransactItems: puts }))
  // Events of one millisecond have no order.
  world.setTime(new Date(world.now().getTime() + 1))
  const ids = Object.entries(from.ids).map(([name, id]) => [name, replaced.get(id) ?? id])
  return { customerId, mails, ids: Object.fromEntries(ids) }
}
