import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { DesiredProject } from '../../../../shared/openstack/plan/desired.ts'
import { readMapping } from '../../../../shared/openstack/plan/mapping.ts'
import { federatedIdOf } from '../../../../shared/openstack/plan/names.ts'
import { planProject } from '../../../../shared/openstack/plan/plan-project.ts'
import { planUser } from '../../../../shared/openstack/plan/plan-user.ts'
import { snapshotOf } from '../../../../shared/openstack/plan/snapshot.ts'
import { isRevocation, type Step } from '../../../../shared/openstack/plan/step.ts'
import { cases } from '../../../support/long.ts'
import { directories, keystones } from './arbitrary.ts'
import { damage, differences, rightsIn, rightsWanted, wrongIdentities } from './judge.ts'
import { Model } from './model.ts'

const provider = { OS_IDP: 'corp', OS_PROTOCOL: 'openid' }
const mappings = fc.constantFrom(
  readMapping({}),
  readMapping({ OS_PROJECT_DELETE: 'delete' }),
  readMapping(provider),
  readMapping({ ...provider, OS_PROJECT_DELETE: 'delete' }),
)
/** Steps of each plan before a crash; after the last number, all. */
const cuts = fc.array(fc.nat(4), { maxLength: 15 })

it('plans lead from any Keystone to the desired state, wherever they break off, and change nothing of others', () => {
  fc.assert(
    fc.property(directories, keystones, mappings, cuts, (directory, start, mapping, crashes) => {
      const found = mapping.federation ? start : { ...start, identities: new Map<string, string>() }
      const model = new Model(found)
      const crash = crashes.values()
      let isEqual = false
      for (let round = 0; !isEqual; round++) {
        expect(round).toBeLessThan(crashes.length + 6)
        isEqual = true
        for (const desired of directory.projects) {
          const { steps, projectId } = planProject(desired, snapshotOf(model.found(asked(desired))), mapping)
          isEqual &&= steps.length === 0
          expect(wrongOrder(steps)).toEqual([])
          expect(wrongMoments(model, steps.slice(0, crash.next().value), projectId, desired)).toEqual([])
        }
        for (const user of directory.users) {
          const { steps } = planUser(user, snapshotOf(model.found()), mapping, { create: false })
          isEqual &&= steps.length === 0
          for (const step of steps.slice(0, crash.next().value)) model.apply(step, undefined)
        }
      }
      expect(differences(model, directory)).toEqual([])
      expect(mapping.federation ? wrongIdentities(model, directory) : []).toEqual([])
      expect(damage(found, model, directory)).toEqual([])
    }),
    cases(200),
  )
})

/** Only the run of a project looks up the holder of an identity. */
const asked = ({ members }: DesiredProject) => members.map(({ email }) => federatedIdOf(email))

function wrongOrder(steps: readonly Step[]): Step[] {
  const firstGrant = steps.findIndex((step) => !isRevocation(step))
  return firstGrant < 0 ? [] : steps.slice(firstGrant).filter(isRevocation)
}

/** Executes the steps, and returns the undesired rights that exist at any moment between them. */
function wrongMoments(
  model: Model,
  steps: Step[],
  projectId: string | undefined,
  desired: DesiredProject,
): string[] {
  const allowed = new Set(rightsWanted(desired))
  const before = new Set(rightsIn(model, desired))
  return steps.flatMap((step) => {
    model.apply(step, projectId)
    // During revocations some undesired rights are left, but none are new; after the first grant none are left.
    return rightsIn(model, desired).filter(
      (right) => !allowed.has(right) && !(isRevocation(step) && before.has(right)),
    )
  })
}
