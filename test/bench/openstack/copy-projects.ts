import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { listProjects } from '../../../shared/records/projects.ts'
import type { Table } from '../../../shared/table/table.ts'

/**
 * Gives a Keystone that isn't running all of a customer's projects, each with the assignments of the one that it has: as
 * if it had been asked to.
 */
export async function copyProjects(folder: string, table: Table, customerId: string): Promise<void> {
  const { items } = await listProjects(table, customerId)
  const database = new DatabaseSync(join(folder, 'keystone.db'))
  const tagged = database.prepare("SELECT project_id AS id FROM project_tag WHERE name = 'latchkey'").get()
  const model = String(tagged?.id)
  const has = database.prepare('SELECT count(*) AS n FROM project WHERE name = ?')
  const insert = database.prepare(
    "INSERT INTO project (id, name, extra, description, enabled, domain_id, parent_id, is_domain) VALUES (?, ?, '{}', '', 1, 'default', 'default', 0)",
  )
  const tag = database.prepare('INSERT INTO project_tag (project_id, name) VALUES (?, ?)')
  const assign = database.prepare(
    'INSERT INTO assignment (type, actor_id, target_id, role_id, inherited) SELECT type, actor_id, ?, role_id, inherited FROM assignment WHERE target_id = ?',
  )
  database.exec('BEGIN')
  for (const { id: projectId, kind, name } of items) {
    const full = `${customerId}_${name}`
    if (kind === 'main' || Number(has.get(full)?.n) > 0) continue
    const id = randomUUID().replaceAll('-', '')
    insert.run(id, full)
    tag.run(id, 'latchkey')
    tag.run(id, `latchkey:${customerId}:${projectId}`)
    assign.run(id, model)
  }
  database.exec('COMMIT')
  database.close()
}
