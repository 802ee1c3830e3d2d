import { expect, it } from 'vitest'
import { runs, seed } from '../../support/long.ts'
import { Random } from '../../support/random.ts'
import { startWorld } from '../api/world.ts'
import { makeDirectory } from './random-directory.ts'
import { actionsFor } from './truth.ts'

const world = await startWorld()
const size = { users: 8, projects: 4, servers: 3, grants: 25, changes: 20 }

type Request = { method: string; path: string; body: object; by: string[] }
type Evaluated = {
  decision: boolean
  context: { reason: object; explanation?: { smallest?: { possible: boolean; requests?: Request[] } } }
}

/** A token of the main-customer, whose invitation was taken while it was good. */
async function ownerOf(customerId: string): Promise<string> {
  const [present, at] = [world.now(), `/v1/customers/${customerId}`]
  world.setTime(new Date('2026-08-10T00:00:00Z'))
  const operator = await world.operator()
  const { mainCustomerId } = (await world.ask(at, operator)).body
  const { email } = (await world.ask(`${at}/users/${String(mainCustomerId)}`, operator)).body
  await world.ask(`${at}/users`, await world.person(String(email)))
  world.setTime(present)
  return world.person(String(email))
}

/** Denials that a grant turns, and those of them in one directory: the grants leave fewer to be found. */
const wanted = runs(30, 30)
const inEach = 30

it('the requests that a denial names turn it, sent by whoever it says can', async () => {
  const operator = await world.operator()
  const check = await world.check()
  const problems: unknown[] = []
  let turned = 0
  for (let number = 1; turned < wanted; number++) {
    const random = new Random(seed + number)
    const customerId = `TRN${String(number).padStart(6, '0')}`
    const directory = await makeDirectory(world.table, customerId, random, size)
    const owner = await ownerOf(customerId)
    const [userIds, refs] = [await directory.userIds(), await directory.refs()]
    const evaluate = async (question: object) =>
      (await world.post(`/v1/customers/${customerId}/access/v1/evaluation`, check, question))
        .body as unknown as Evaluated
    for (let each = 0; each < inEach * 6 && turned < Math.min(wanted, number * inEach); each++) {
      const resource = random.pick(refs)
      const question = {
        subject: { type: 'user', id: random.pick(userIds) },
        action: { name: random.pick(actionsFor(resource)) },
        resource,
      }
      const { decision, context } = await evaluate({ ...question, context: { explain: true } })
      const smallest = context.explanation?.smallest
      if (decision !== (smallest === undefined))
        problems.push({ question, context, why: 'a denial without one' })
      if (!smallest?.possible) continue
      turned++
      for (const { method, path, body, by } of smallest.requests ?? []) {
        const asOwner = by.includes('main-customer') && random.chance(0.5)
        const { status, text } = await world.send(method, path, asOwner ? owner : operator, body, {
          'x-reason': 'asked',
        })
        if (status !== 200 && status !== 201) problems.push({ question, path, body, status, text, asOwner })
      }
      const after = await evaluate(question)
      if (!after.decision) problems.push({ question, smallest, after: after.context.reason })
    }
  }
  expect(problems.slice(0, 3)).toEqual([])
}, 1_800_000)
