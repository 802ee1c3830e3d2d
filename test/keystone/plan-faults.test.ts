import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applySteps } from '../../shared/openstack/plan/apply.ts'
import { planUser } from '../../shared/openstack/plan/plan-user.ts'
import { snapshotOf } from '../../shared/openstack/plan/snapshot.ts'
import { isKeystoneError } from '../../shared/openstack/transport/errors.ts'
import { directories, type Directory } from '../shared/openstack/plan/arbitrary.ts'
import { differences, rightsIn, rightsWanted } from '../shared/openstack/plan/judge.ts'
import { converge, domainId, everything, mapping } from '../support/keystone/converge.ts'
import { type Fault, faults } from '../support/keystone/faults.ts'
import { connectTo, ownKeystone, proxyTo } from '../support/keystone/shared.ts'
import { runs } from '../support/long.ts'
import { Random } from '../support/random.ts'

const own = await ownKeystone()
const direct = connectTo(own.variables)
const patience = runs(300_000)

describe('a Keystone that fails now and then', () => {
  it(
    'is equal to the directory in the end, and never gives what had been taken away',
    async () => {
      const kinds = Object.keys(faults) as Fault[]
      const proxy = await proxyTo(own.variables, {
        seed: 7,
        delayMilliseconds: 300,
        refusedMilliseconds: 150,
      })
      const keystone = connectTo(proxy.variables, { answerMilliseconds: 2500, attempts: 3 })
      const random = new Random(11)
      const histories = fc.sample(directories, { seed: 5, numRuns: runs(8) })
      let last: Directory = { projects: [], users: [] }
      for (const directory of histories) {
        proxy.atRandom(0.35, kinds)
        for (const desired of random.shuffled([...directory.projects, ...directory.projects])) {
          const before = new Set(rightsIn(await everything(direct), desired))
          const crash = random.chance(0.3) ? random.below(6) : Number.POSITIVE_INFINITY
          let made = 0
          // What fails, fails as Keystone's error and nothing else.
          const failure = await converge(keystone, desired, { shouldContinue: () => made++ < crash }).then(
            () => undefined,
            (error: unknown) => error,
          )
          expect(failure === undefined || isKeystoneError(failure)).toBe(true)
          const allowed = new Set(rightsWanted(desired))
          const rights = rightsIn(await everything(direct), desired)
          expect(rights.filter((right) => !allowed.has(right) && !before.has(right))).toEqual([])
        }
        last = directory
      }
      proxy.atRandom(0, [])
      for (let round = 0; round < 3; round++) {
        for (const desired of last.projects) await converge(keystone, desired)
        const snapshot = snapshotOf(await everything(direct))
        for (const user of last.users)
          await applySteps(keystone, planUser(user, snapshot, mapping, { create: false }).steps, {
            domainId,
            projectId: undefined,
          })
      }
      expect(differences(await everything(direct), last)).toEqual([])
      const met = proxy.requests.flatMap(({ fault }) => (fault ? [fault] : []))
      expect(new Set(met).size).toBeGreaterThanOrEqual(8)
      process.stdout.write(
        `${met.length} faults of ${new Set(met).size} kinds in ${proxy.requests.length} requests\n`,
      )
    },
    patience,
  )
})
