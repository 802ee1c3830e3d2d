import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { startTestEngine } from '../support/engine.ts'
import { compare } from '../support/keystone/equal.ts'
import { startFollowed } from '../support/keystone/followed.ts'
import { connectTo, ownKeystone } from '../support/keystone/shared.ts'
import { readOrg } from '../support/orgs.ts'

const engine = await startTestEngine()
const own = await ownKeystone()
const keystone = connectTo(own.variables)

it('real customers are in Keystone as in the directory once they are provisioned, as others’ tools see it too', async () => {
  const followed = await startFollowed(engine, { keystone })
  await Promise.all([followed.deliverAll(readOrg('kubernetes-csi')), followed.deliverAll(readOrg('etcd-io'))])
  await followed.follow({ seconds: 400 })
  const said: string[] = []
  for (const customerId of ['CSI000003', 'ETC000005']) {
    const { should, is } = await compare(followed.table, keystone, customerId)
    expect(is).toEqual(should)
    said.push(...should.filter((line) => line.includes(' is ')).map((line) => inNames(line, customerId)))
  }
  expect(followed.failures).toEqual([])

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
