import { expect, it } from 'vitest'
import { startTestEngine } from '../support/engine.ts'
import { compare } from '../support/keystone/equal.ts'
import { listByOtherClient } from '../support/keystone/other-client.ts'
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

  const rows = (await listByOtherClient(own.variables))
    .filter(({ Project }) => /^(CSI|ETC)/.test(Project))
    .map(({ Role, User, Project }) => `${User} is ${Role} in ${Project}`)
  expect(rows.toSorted()).toEqual(said.toSorted())
  expect(said.length).toBeGreaterThan(500)
}, 600_000)

function inNames(line: string, customerId: string): string {
  const [, user, role, project] = /^(\S+) is (\S+) in (.+)$/.exec(line) ?? []
  return `${customerId}_${user}@Default is ${role} in ${customerId}_${project}@Default`
}
