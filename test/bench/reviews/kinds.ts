import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createMeter, type Usage } from '../meter.ts'

/** `lists`: of users, projects and servers. `rest`: reads by key, and transactions. */
export const kinds = ['collections', 'uses', 'lists', 'items', 'rest'] as const
export type Kind = (typeof kinds)[number]
export type UsageByKind = Record<Kind, Usage>

type Input = { ExpressionAttributeValues?: { ':partition'?: string }; Item?: { sk?: string } }

function kindOf({ ExpressionAttributeValues: values, Item: put }: Input): Kind {
  const partition = values?.[':partition']
  if (partition?.endsWith('#USAGE')) return 'uses'
  if (partition !== undefined) return /#U#[^#]+$/.test(partition) ? 'collections' : 'lists'
  return put?.sk?.startsWith('ITEM#') ? 'items' : 'rest'
}

/** What work takes of each kind; nothing else may use the client meanwhile. */
export function createMeters(client: DynamoDBClient): (work: () => Promise<unknown>) => Promise<UsageByKind> {
  const meters = kinds.map((kind) => ({
    kind,
    meter: createMeter(client, { name: kind, aside: (input) => kindOf(input) !== kind }),
  }))
  return async (work) => {
    const usages: Partial<UsageByKind> = {}
    let metered = work
    for (const { kind, meter } of meters) {
      const inner = metered
      metered = async () => (usages[kind] = await meter(inner))
    }
    await metered()
    return usages as UsageByKind
  }
}

export const sum = (usages: UsageByKind, field: keyof Usage): number =>
  Object.values(usages).reduce((total, usage) => total + usage[field], 0)
