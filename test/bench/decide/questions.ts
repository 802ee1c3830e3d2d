import { readFacts } from '../../../shared/directory/facts/read-facts.ts'
import type { Facts, ResourceRef } from '../../../shared/domain/access/decide.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import { mapConcurrent } from '../../../shared/runtime/concurrency.ts'
import { openEngine } from '../../support/open-engine.ts'
import { orgs, readOrg } from '../../support/orgs.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import { createIds, randomQuestion } from '../../support/questions.ts'
import { Random } from '../../support/random.ts'

/** The arguments of `decide`. */
export type Decidable = { facts: Facts; action: string; ref: ResourceRef }

/** Random questions about the provisioned organisations, with the facts that the engine holds. */
export async function readQuestions(count: number, names: readonly (typeof orgs)[number][] = orgs) {
  const engine = await openEngine()
  const provisioned = await startProvisioned(engine)
  try {
    const histories = names.map(readOrg)
    await provisioned.deliverAll(histories.flat())
    const { table } = provisioned
    const ids = createIds(table)
    const random = new Random(14)
    const asked = Array.from({ length: count }, () => randomQuestion(random, random.pick(histories)))
    return await mapConcurrent(asked, 16, async ({ customerId, email, action, resource, now }) => {
      const { type, id } = resource
      const isNamed = type === 'user' || type === 'project'
      const ref = { type, id: isNamed ? await ids[type](customerId, id) : id }
      const userId = await ids.user(customerId, email)
      const facts = await readFacts(table, { customerId, userId, resource: ref, now: instantOf(now) })
      return { facts, action, ref } satisfies Decidable
    })
  } finally {
    await provisioned.stop()
    await engine.end()
  }
}
