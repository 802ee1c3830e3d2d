import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb'
import { describe, expect, it, test } from 'vitest'
import type { ChangePlan } from '../../../shared/directory/change/change-plan.ts'
import { commit } from '../../../shared/records/commit.ts'
import { itemId } from '../../../shared/reviews/model/review-item.ts'
import { recordUsage } from '../../../shared/usage/usage-store.ts'
import { startTestEngine } from '../../support/engine.ts'
import { aroundTransaction } from './around-transaction.ts'
import { startDirectory, type TestDirectory } from './directory.ts'

const engine = await startTestEngine()
const customerId = 'LAST00001'

/** Only the schedule runs the worker, so that the test controls what happens between two transactions. */
async function start() {
  const { scene, directory, newest } = await startDirectory(engine, customerId, { triggered: false })
  await scene.policy(customerId, { unanswered: 'revoke', largestShare: 100 })
  const use = async (userId: string, level: 'read' | 'manage') => {
    const resource = { kind: 'project', id: 'main' } as const
    await recordUsage(scene.table, [{ customerId, userId, resource, level }], '2027-02-26')
  }
  return { scene, directory, newest, use, admin: () => directory.user('customer-admin') }
}

/** True for the transaction in which a review revokes this user's membership of Main. */
const revokesMain = ({ TransactItems = [] }: Partial<TransactWriteCommandInput>, userId: string) =>
  TransactItems.some(({ Put }) => {
    const { pk, sk, revoked } = Put?.Item ?? {}
    return String(pk).endsWith(userId) && sk === 'GRANT#project#main' && revoked === true
  })

type Step = { before?: () => Promise<unknown>; after?: () => void }

/** Runs a step before or after the transactions that the test chooses. */
function between(client: DynamoDBClient, stepOf: (input: TransactWriteCommandInput) => Step | undefined) {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName !== 'TransactWriteItemsCommand') return next(args)
      const step = stepOf(args.input as TransactWriteCommandInput)
      await step?.before?.()
      const result = await next(args)
      step?.after?.()
      return result
    },
    { step: 'initialize' },
  )
}

const canManage = (directory: TestDirectory, userId: string) =>
  directory.may(userId, 'account.read', { type: 'customer', id: customerId })
const idOf = (userId: string) => itemId({ userId, resource: { kind: 'project', id: 'main' } })

describe('the only other admin is lost between the cap and the revocation', () => {
  it.each<Exclude<keyof TestDirectory['plans'], 'retype'>>(['disable', 'remove', 'demote', 'leaveMain'])(
    'by: %s',
    async (how) => {
      const { scene, directory, newest, use, admin } = await start()
      const [ann, bob] = [await admin(), await admin()]
      await use(bob, 'read')
      await scene.after(93)
      const lose = async () => {
        const plan: ChangePlan = await directory.plans[how](bob)
        if (plan.change) await commit(scene.table, plan.change)
      }
      const { isDone } = aroundTransaction(scene.client, (input) => revokesMain(input, ann), { before: lose })
      await scene.after(15)
      const [settled] = await scene.reviewsOf(customerId)
      expect(settled?.brake?.spared).toBe(bob)
      const managers = [await canManage(directory, ann), await canManage(directory, bob)]
      expect([isDone(), ...managers]).toEqual([true, true, false])
      await scene.after(1)
      const { review: closed, items } = await newest()
      expect(closed?.state).toBe('closed')
      const anns = items.get(idOf(ann))
      expect(anns).toMatchObject({ state: 'verified', outcome: { decision: 'keep', heldBack: 'last-admin' } })
      expect(anns?.changedSince).toBeUndefined()
      expect(scene.failures).toEqual([])
    },
  )
})

test('an admin who loses access by a decision does not count as remaining', async () => {
  const { scene, directory, use, admin } = await start()
  const [ann, bob, cat] = [await admin(), await admin(), await admin()]
  await use(cat, 'read')
  await scene.after(93)
  await scene.decide(customerId, { [idOf(bob)]: { decision: 'revoke' } })
  const { review } = await scene.current(customerId)
  // Cat, who would stay, is disabled before Ann's revocation; Bob's revocation waits until Ann's item is done.
  const settled = Promise.withResolvers<void>()
  const isAnns = ({ pk, sk }: Record<string, unknown>) =>
    String(pk).endsWith(`#R#${review.id}`) && String(sk).includes(ann) && String(sk).endsWith('main')
  let isDisabled = false
  const disable = async () => {
    isDisabled = true
    const plan = await directory.plans.disable(cat)
    if (plan.change) await commit(scene.table, plan.change)
  }
  between(scene.client, (input) => {
    if (revokesMain(input, bob)) return { before: () => settled.promise }
    const isOfAnn = input.TransactItems?.some(({ Put }) => isAnns(Put?.Item ?? {})) ?? false
    if (!isOfAnn) return undefined
    return isDisabled ? { after: settled.resolve } : { before: disable, after: settled.resolve }
  })
  await scene.after(15)
  const managers = [await canManage(directory, bob), await canManage(directory, ann)]
  expect([isDisabled, ...managers]).toEqual([true, false, true])
})

test('an active admin outside the scope counts as remaining', async () => {
  const { scene, directory, newest, use, admin } = await start()
  await scene.policy(customerId, { unanswered: 'revoke', largestShare: 100, scope: { unusedDays: 60 } })
  const [ann, bob] = [await admin(), await admin()]
  await use(bob, 'manage')
  await scene.after(93)
  await scene.after(15)
  const { review: closed, items } = await newest()
  expect([...items.values()].map(({ userId }) => userId)).not.toContain(bob)
  expect(closed?.brake?.spared).toBeUndefined()
  expect([await canManage(directory, ann), await canManage(directory, bob)]).toEqual([false, true])
})
