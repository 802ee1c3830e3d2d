import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { onTestFinished } from 'vitest'
import { createReviews } from '../../../functions/reviews/worker.ts'
import { documentOptions, openTable } from '../../../shared/table/table.ts'
import type { TestEngine } from '../../support/engine.ts'
import { allEvents } from '../provisioning/replay.ts'
import { startReviewed } from './scene.ts'
import { createStaffed } from './directory.ts'

export const id = 'CLK000001'

/** A customer with an admin and a tech, whose calendar has begun on 27 November. */
export async function startClocked(engine: TestEngine, options: { wakes?: boolean } = {}) {
  const name = await engine.createTable()
  const scene = await startReviewed({ ...engine, createTable: async () => name }, options)
  onTestFinished(() => scene.stop())
  const staffed = await createStaffed(scene, id)
  await staffed.user('customer-admin')
  await staffed.grant(await staffed.user('customer-tech'), await staffed.project(), 'compute:read')
  await scene.reviews.pass()
  const reviewsNow = () => scene.reviewsOf(id)
  return {
    ...scene,
    staffed,
    /** A worker of its own, as another instance of the function is. */
    other: () => {
      const client = engine.connect()
      onTestFinished(() => client.destroy())
      const documents = DynamoDBDocumentClient.from(client, documentOptions)
      return createReviews({ table: openTable({ documents, name, now: scene.clock.now }), log: () => {} })
    },
    reviewsNow,
    states: async () => (await reviewsNow()).map(({ state }) => state),
    newest: async () => {
      const [review] = await reviewsNow()
      if (!review) throw new Error('there is no review')
      return review
    },
    /** What has become of reviews so far, the first first. */
    told: async () =>
      (await allEvents(scene.table, id))
        .map(({ type }) => type)
        .filter((type) => type.startsWith('review.'))
        .toReversed(),
  }
}

/** The date of an instant. */
export const day = (instant: string | undefined) => instant?.slice(0, 10)
/** Occasions, and which of them were missed. */
export const marksOf = ({ reminded }: { reminded: readonly { mark: string; missed?: true | undefined }[] }) =>
  reminded.map(({ mark, missed }) => (missed ? `${mark} missed` : mark))
