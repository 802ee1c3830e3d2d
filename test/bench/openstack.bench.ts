import { existsSync } from 'node:fs'
import {
  assignRole,
  listAssignments,
  type RoleAssignment,
  unassignRole,
} from '../../shared/openstack/keystone/assignments.ts'
import { connectKeystone, type Keystone, pathTo } from '../../shared/openstack/keystone/client.ts'
import { listProjectsTagged } from '../../shared/openstack/keystone/projects.ts'
import { createRole } from '../../shared/openstack/keystone/roles.ts'
import { readKeystoneConfig } from '../../shared/openstack/transport/read-config.ts'
import { mapConcurrent } from '../../shared/runtime/concurrency.ts'
import { startSync } from '../support/keystone/sync.ts'
import { startKeystone } from '../support/keystone/keystone.ts'
import { creation, eventOf, member, membership, project, staff } from './customers.ts'
import { startBenchEngine } from './metered.ts'
import { copyProjects } from './openstack/copy-projects.ts'
import type { Table } from './table.ts'

const projects = 200
/** The main-customer and everybody but one, who is billing. */
const members = 50
const changes = 10
const oneByOne = 10

const customer = { customerId: 'KEY000001', users: members + 1, admins: 0 }

/** What a pass over everything asks of a real Keystone. Skipped where Debian's packages aren't installed. */
export async function bench(): Promise<Table[]> {
  if (!existsSync('/usr/bin/keystone-manage')) {
    process.stdout.write('openstack: skipped, Debian’s packages of Keystone are not installed\n')
    return []
  }
  const engine = await startBenchEngine()
  const server = await startKeystone()
  let requests = 0
  const config = readKeystoneConfig(server.variables)
  if (!config) throw new Error('there is no OS_AUTH_URL')
  const keystone = connectKeystone(config, { observe: () => requests++ })
  const count = async (work: () => Promise<unknown>) => {
    requests = 0
    const start = performance.now()
    await work()
    return { requests, milliseconds: performance.now() - start }
  }
  try {
    const sync = await startSync(engine, { keystone, onStream: false })
    const [first, ...others] = Array.from({ length: projects }, (_, number) =>
      eventOf('project.created', { customerId: customer.customerId, name: project(number) }),
    )
    if (!first) throw new Error('there are projects')
    await sync.deliverAll([creation(customer)])
    await sync.deliverAll(staff(customer))
    await sync.deliverAll([first])
    await sync.deliverAll(everybodyIn(0))
    await sync.untilSettled({ seconds: 120 })
    await sync.deliverAll(others)
    await sync.deliverAll(others.flatMap((_, number) => everybodyIn(number + 1)))
    // Nobody waits for ten thousand assignments to be made one by one.
    await server.stop()
    await copyProjects(server.folder, sync.table, customer.customerId)
    await server.start()
    await sync.untilSettled({ seconds: 600 })
    const pass = () => sync.openstack.fullSync({ now: true })
    await pass()

    const unchanged = await count(pass)
    const byHand = await meddle(keystone)
    const changed = await count(pass)
    const again = await count(pass)
    const some = (await listProjectsTagged(keystone, 'latchkey')).slice(0, oneByOne)
    const known = await Promise.all(some.map(({ id }) => listAssignments(keystone, { projectId: id })))
    const each = await count(() => askEach(keystone, known.flat()))
    return [
      {
        title: `A pass over ${projects} projects of ${members} members in Keystone`,
        columns: ['measured'],
        rows: [
          {
            name: 'requests a project, nothing changed',
            cells: [{ value: unchanged.requests / projects, atMost: 1.1 }],
          },
          {
            name: `requests more, ${byHand} assignments changed by hand`,
            cells: [{ value: changed.requests - unchanged.requests, atMost: byHand }],
          },
          {
            name: 'requests more, after that',
            cells: [{ value: again.requests - unchanged.requests, exactly: 0 }],
          },
          { name: 'requests a project, each assignment asked for', cells: [each.requests / oneByOne] },
          {
            name: 'time a project, each asked for over a pass',
            cells: [each.milliseconds / oneByOne / (unchanged.milliseconds / projects)],
          },
        ],
      },
    ]
  } finally {
    keystone.close()
    await server.remove()
    await engine.stop()
  }
}

/** The main-customer is a member by type, and the first of the staff is billing. */
const everybodyIn = (number: number) =>
  Array.from({ length: members - 1 }, (_, index) =>
    membership(customer, member(customer, index), project(number), ['compute:operate']),
  )

/** Half of the changes are roles too many, half too few. */
async function meddle(keystone: Keystone): Promise<number> {
  const tagged = (await listProjectsTagged(keystone, 'latchkey')).slice(0, changes)
  const role = await createRole(keystone, 'reader')
  for (const [place, { id: projectId }] of tagged.entries()) {
    const [held] = await listAssignments(keystone, { projectId: projectId })
    if (!held) throw new Error('somebody is in it')
    if (place % 2 === 0) await unassignRole(keystone, held)
    else await assignRole(keystone, { projectId, userId: held.principal.id, roleId: role.id })
  }
  return tagged.length
}

/** What a pass would cost without a list: a look at every assignment. */
async function askEach(keystone: Keystone, known: readonly RoleAssignment[]): Promise<void> {
  await mapConcurrent(known, 4, async ({ projectId, principal, role }) => {
    const path = pathTo('projects', projectId, 'users', principal.id, 'roles', role.id)
    await keystone.call({ method: 'GET', path, expect: 204 })
  })
}
