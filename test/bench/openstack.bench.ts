import { existsSync } from 'node:fs'
import * as assignments from '../../shared/openstack/keystone/assignments.ts'
import { connectKeystone, type Keystone, pathTo } from '../../shared/openstack/keystone/client.ts'
import { listProjectsTagged } from '../../shared/openstack/keystone/projects.ts'
import { createRole } from '../../shared/openstack/keystone/roles.ts'
import { readKeystoneConfig } from '../../shared/openstack/transport/read-config.ts'
import { mapConcurrent } from '../../shared/runtime/concurrency.ts'
import { startSync } from '../support/keystone/sync.ts'
import { startKeystone } from '../support/keystone/keystone.ts'
import { openEngine } from '../support/open-engine.ts'
import { creation, member, membership, project, projects as projectsOf, staff } from './customers.ts'
import { copyProjects } from './openstack/copy-projects.ts'
import { valuesTable } from './table.ts'

const projects = 200
/** The main-customer and everybody but one, who is billing. */
const members = 50
const changes = 10
const oneByOne = 10

const customer = { customerId: 'KEY000001', users: members + 1, admins: 0 }

/** What a pass over everything asks of a real Keystone. Skipped where Debian's packages aren't installed. */
export async function bench() {
  if (!existsSync('/usr/bin/keystone-manage')) {
    process.stdout.write('openstack: skipped, Debian’s packages of Keystone are not installed\n')
    return []
  }
  const engine = await openEngine()
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
    const made = projectsOf(customer, projects)
    const others = made.slice(1)
    for (const events of [[creation(customer)], staff(customer), made.slice(0, 1), everybodyIn(0)])
      await sync.deliverAll(events)
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
    const more = (later: typeof again) => later.requests - unchanged.requests
    const some = (await listProjectsTagged(keystone, 'latchkey')).slice(0, oneByOne)
    const known = await Promise.all(
      some.map(({ id }) => assignments.listAssignments(keystone, { projectId: id })),
    )
    const each = await count(() => askEach(keystone, known.flat()))
    const times = each.milliseconds / unchanged.milliseconds
    return [
      valuesTable(`A pass over ${projects} projects of ${members} members in Keystone`, [
        ['requests a project, nothing changed', { value: unchanged.requests / projects, atMost: 1.1 }],
        [`requests more, ${byHand} assignments changed by hand`, { value: more(changed), atMost: byHand }],
        ['requests more, after that', { value: more(again), exactly: 0 }],
        ['requests a project, each assignment asked for', each.requests / oneByOne],
        ['time a project, each asked for over a pass', times / (oneByOne / projects)],
      ]),
    ]
  } finally {
    keystone.close()
    await server.remove()
    await engine.end()
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
    const [held] = await assignments.listAssignments(keystone, { projectId })
    if (!held) throw new Error('somebody is in it')
    if (place % 2 === 0) await assignments.unassignRole(keystone, held)
    else await assignments.assignRole(keystone, { projectId, userId: held.principal.id, roleId: role.id })
  }
  return tagged.length
}

/** What a pass would cost without a list: a look at every assignment. */
async function askEach(keystone: Keystone, known: readonly assignments.RoleAssignment[]): Promise<void> {
  await mapConcurrent(known, 4, async ({ projectId, principal, role }) => {
    const path = pathTo('projects', projectId, 'users', principal.id, 'roles', role.id)
    await keystone.call({ method: 'GET', path, expect: 204 })
  })
}
