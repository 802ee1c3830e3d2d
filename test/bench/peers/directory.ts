import { createHash } from 'node:crypto'
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import type { Item } from '../../../shared/table/item.ts'
import { keyText } from '../../../shared/table/keys.ts'
import type { Table, TableReads } from '../../../shared/table/table.ts'
import { openEngine } from '../../support/open-engine.ts'
import { orgFile, orgs, readOrg } from '../../support/orgs.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import { cacheFolder, root } from './install.ts'

/** What decisions and their callers read; no deliveries, events or work in progress. */
const isRead = ({ pk, sk }: Item) =>
  pk.startsWith('C#') && /^(CUSTOMER$|USER$|EMAIL#|NAME#|PROJECT#|SERVER#|GRANT#)/.test(sk)

/**
 * The items of the provisioned organisations. Provisioning takes minutes, so they are kept until an event or the code
 * that stores what events say changes.
 */
export async function readDirectory(): Promise<Item[]> {
  const file = join(cacheFolder, `directory-${fingerprint()}.json`)
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Item[]
  } catch {
    const items = await provision()
    mkdirSync(cacheFolder, { recursive: true })
    writeFileSync(file, JSON.stringify(items))
    return items
  }
}

function fingerprint(): string {
  const code = globSync('{shared/{directory,provisioning,records},functions/provisioning}/**/*.ts', {
    cwd: root,
  })
  const hash = createHash('sha256')
  const files = [...code.toSorted().map((name) => join(root, name)), ...orgs.map(orgFile)]
  for (const name of files) hash.update(readFileSync(name))
  return hash.digest('hex').slice(0, 16)
}

async function provision(): Promise<Item[]> {
  const engine = await openEngine()
  const provisioned = await startProvisioned(engine)
  try {
    await provisioned.deliverAll(orgs.flatMap(readOrg))
    const items: Item[] = []
    let ExclusiveStartKey: Record<string, unknown> | undefined
    do {
      const page = await engine.documents.send(
        new ScanCommand({ TableName: provisioned.tableName, ExclusiveStartKey }),
      )
      items.push(...((page.Items ?? []) as Item[]).filter(isRead))
      ExclusiveStartKey = page.LastEvaluatedKey
    } while (ExclusiveStartKey)
    return items
  } finally {
    await provisioned.stop()
    await engine.end()
  }
}

/** Copies of the organisations under other identifiers; copy 0 is the original. */
export function copyOf(items: readonly Item[], copy: number): Item[] {
  if (copy === 0) return [...items]
  const text = JSON.stringify(items)
  return JSON.parse(text.replaceAll(/\b[A-Z]{3}\d{6}\b/g, (id) => copiedId(id, copy))) as Item[]
}

/** Another identifier for each customer and copy: `ETC000005` becomes `ETC017005`. */
export const copiedId = (id: string, copy: number): string =>
  `${id.slice(0, 3)}${String(copy).padStart(3, '0')}${id.slice(6)}`

const refuse = () => Promise.reject(new Error('this table is read by keys and partitions only'))

/** The items as a table that answers each read with objects of its own, as the database does. */
export function tableOf(items: readonly Item[]): Table {
  const texts = new Map(items.map((item) => [keyText(item), JSON.stringify(item)]))
  const partitions = Map.groupBy(items, ({ pk }) => pk)
  const get = async (key: { pk: string; sk: string }) => {
    const text = texts.get(keyText(key))
    return text === undefined ? undefined : (JSON.parse(text) as Item)
  }
  const reads: TableReads = {
    get,
    getMany: (keys) => Promise.all(keys.map(get)),
    async *queryAll({ partition }) {
      for (const item of partitions.get(partition) ?? []) yield JSON.parse(JSON.stringify(item))
    },
    queryPage: refuse,
  }
  return {
    now: () => new Date(),
    ...reads,
    eventual: reads,
    count: refuse,
    transact: refuse,
    putNew: refuse,
    setIfGreater: refuse,
    setExistingIfGreater: refuse,
  }
}
