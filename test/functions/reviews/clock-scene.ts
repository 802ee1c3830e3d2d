import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { onTestFinished } from 'vitest'
import { createReviews } from '../../../functions/reviews/worker.ts'
import { documentOptions, openTable } from '../../../shared/table/table.ts'
import type { TestEngine } from '../../support/engine.ts'
import { allEvents } from '../provisioning/replay.ts'
import { startDirectory } from './directory.ts'

export const id = 'CLK000001'

/** A customer with an admin and a tech, whose schedule began on 27 November. */
export async function startClockScene(engine: TestEngine, options: { triggered?: boolean } = {}) {
  const name = await engine.createTable()
  const ofTable = { ...engine, createTable: async () => name }
  const { scene, directory } = await startDirectory(ofTable, id, options)
  await directory.user('customer-admin')
  await directory.grant(await directory.user('customer-tech'), await directory.project(), 'compute:read')
  await scene.reviews.beginSchedules()
  const states = async () => (await scene.reviewsOf(id)).map(({ state }) => state)
  return {
    ...scene,
    directory,
    /** Another instance of the worker, with its own client. */
    otherWorker: () => {
      const client = engine.connect()
      onTestFinished(() => client.destroy())
      const documents = DynamoDBDocumentClient.from(client, documentOptions)
      return createReviews({ table: openTable({ documents, name, now: scene.clock.now }), log: () => {} })
    },
    states,
    statesAfter: async (days: number) => {
      await scene.after(days)
      return states()
    },
    newest: async () => {
      const [review] = await scene.reviewsOf(id)
      if (!review) throw new Error('there is no review')
      return review
    },
    /** Types of the reviews' audit events so far, oldest first. */
    eventTypes: async () =>
      (await allEvents(scene.table, id))
        .map(({ type }) => type)
        .filter((type) => type.startsWith('review.'))
        .toReversed(),
  }
}

/** The date of an instant. */
export const day = (instant: string | undefined) => instant?.slice(0, 10)
/** Reminder rounds, with those that were missed marked so. */
export const marksOf = ({ reminded }: { reminded: readonly { mark: string; missed?: true | undefined }[] }) =>
  reminded.map(({ mark, missed }) => (missed ? `${mark} missed` : mark))
