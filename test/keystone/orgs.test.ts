import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { startTestEngine } from '../support/engine.ts'
import { compare } from '../support/keystone/equal.ts'
import { startSync } from '../support/keystone/sync.ts'
import { connectTo, ownKeystone } from '../support/keystone/shared.ts'
import { readOrg } from '../support/orgs.ts'

const engine = await startTestEngine()
const own = await ownKeystone()
const keystone = connectTo(own.variables)

it('real customers are in Keystone as in the directory once they are provisioned, for other clients too', async () => {
  const sync = await startSync(engine, { keystone })
  await Promise.all([sync.deliverAll(readOrg('kubernetes-csi')), sync.deliverAll(readOrg('etcd-io'))])
  await sync.untilSettled({ seconds: 400 })
  const said: string[] = []
  for (const customerId of ['CSI000003', 'ETC000005']) {
    const { expected: should, actual: is } = await compare(sync.table, keystone, customerId)
    expect(is).toEqual(should)
    said.push(...should.filter((line) => line.includes(' is ')).map((line) => inNames(line, customerId)))
  }
  expect(sync.failures).toEqual([])

  const { stdout } = await promisify(execFile)(
    '/usr/bin/openstack',
    ['role', 'assignment', 'list', '--names', '-f', 'json'],
    { env: { PATH: '/usr/bin:/bin', ...own.variables }, maxBuffer: 2 ** 26 },
  )
  const rows = (JSON.parse(stdout) as { Role: string; User: string; Project: string }[])
    .filter(({ Project }) => /^(CSI|ETC)/.test(Project))
    .map(({ Role, User, Project }) => `${User} is ${Role} in ${Project}`)
  expect(rows.toSorted()).toEqual(said.toSorted())
  expect(said.length).toBeGreaterThan(500)
}, 600_000)

function inNames(line: string, customerId: string): string {
  const [, user, role, project] = /^(\S+) is (\S+) in (.+)$/.exec(line) ?? []
  return `${customerId}_${user}@Default is ${role} in ${customerId}_${project}@Default`
}
