import { expect, test } from 'vitest'
import { cancelReview } from '../../../shared/reviews/transition.ts'
import { itemId } from '../../../shared/reviews/model/review-item.ts'
import type { ReviewScope, Unanswered } from '../../../shared/reviews/policy/review-policy.ts'
import { startTestEngine } from '../../support/engine.ts'
import { runs } from '../../support/long.ts'
import { Random } from '../../support/random.ts'
import { type ReviewScene, startReviewScene } from './scene.ts'
import { createDirectory } from './directory.ts'

const engine = await startTestEngine()
const customers = runs(1, 3)
const steps = 16
const day = 86_400_000

/** A policy set at a time; grants lost at a time. */
type Wish = { at: number; share: number; unanswered: Unanswered }
type Loss = { at: number; count: number }

const choices: readonly Unanswered[] = ['revoke', 'revoke', 'revoke', 'revoke', 'recommendation', 'keep']
const harshness = { keep: 0, recommendation: 1, revoke: 2 }

/** A customer and the history by which its reviews are judged. */
class Judged {
  readonly wishes: Wish[] = [{ at: Number.NEGATIVE_INFINITY, share: 20, unanswered: 'recommendation' }]
  readonly losses: Loss[] = []
  readonly wrong: string[] = []
  readonly decided = new Set<string>()
  started = 0
  readonly #scene: ReviewScene
  readonly #id: string

  constructor(scene: ReviewScene, id: string) {
    this.#scene = scene
    this.#id = id
  }

  get now(): number {
    return this.#scene.clock.now().getTime()
  }

  /** Rights of each grant held, by item id. */
  async held(): Promise<Map<string, string>> {
    const all = await this.#scene.entitlementsIn(this.#id)
    return new Map(
      all.map((each) => [itemId(each), JSON.stringify([each.terms.roles, each.terms.capabilities])]),
    )
  }

  /** Runs the worker alone: anything that is less afterwards was taken by a review. */
  async watch(work: () => Promise<unknown>): Promise<number> {
    const before = await this.held()
    await work()
    const after = await this.held()
    const lost = [...before].filter(([id, gives]) => after.get(id) !== gives && !this.decided.has(id))
    if (lost.length === 0) return 0
    const { share, unanswered } = this.#strictest()
    const lately = this.losses.filter(({ at }) => at > this.now - 30 * day)
    const all = lately.reduce((sum, { count }) => sum + count, lost.length)
    if (all * 100 > before.size * share) this.wrong.push(`${all} of ${before.size} are more than ${share} %`)
    if (unanswered === 'keep') this.wrong.push(`${lost.join()} was to be kept`)
    this.losses.push({ at: this.now, count: lost.length })
    return lost.length
  }

  /** The strictest of all policies of the week before the review began. */
  #strictest(): Omit<Wish, 'at'> {
    const since = this.started - 7 * day
    const counting = this.wishes.filter((_wish, place) => {
      const next = this.wishes[place + 1]
      return (next === undefined || next.at > since) && (this.wishes[place]?.at ?? 0) <= this.started
    })
    const [mildest] = counting.toSorted(
      (one, other) => harshness[one.unanswered] - harshness[other.unanswered],
    )
    const share = Math.min(...counting.map((wish) => wish.share))
    return { share, unanswered: mildest?.unanswered ?? 'keep' }
  }
}

async function follow(scene: ReviewScene, place: number) {
  const random = new Random(place)
  const id = `BRK${String(place).padStart(6, '0')}`
  const directory = await createDirectory(scene, id)
  const projects = [await directory.project(), await directory.project()]
  const people = [await directory.user('customer-admin')]
  for (let count = 0; count < 5; count++)
    people.push(await directory.user('customer-tech', 'active', random.chance(0.5)))
  const grantSome = async () => {
    for (let count = 0; count < 3; count++)
      await directory.grant(random.pick(people), random.pick(projects), 'full')
  }
  await grantSome()
  const judged = new Judged(scene, id)
  await scene.policy(id, { everyMonths: 'never', unanswered: 'revoke' }, 0)
  judged.wishes.push({ at: judged.now, share: 20, unanswered: 'revoke' })
  await scene.after(7)
  const current = async () => (await scene.scheduleOf(id))?.current
  const ofProjects: ReviewScope[] = projects.map((project) => ({ projects: [project] }))
  const scopes: ReviewScope[] = [{}, ...ofProjects, { types: ['customer-tech'] }, { origins: ['explicit'] }]
  const setPolicy = async () => {
    const wish = { share: random.pick([0, 10, 20, 20, 50, 100]), unanswered: random.pick(choices) }
    await scene.policy(id, { largestShare: wish.share, unanswered: wish.unanswered }, 0)
    judged.wishes.push({ ...wish, at: judged.now })
  }
  const startOne = async () => {
    if (await current()) return
    judged.started = judged.now
    judged.decided.clear()
    await scene.start(id, random.pick(scopes))
    await scene.runDue()
  }
  const decideOne = async () => {
    const { review } = await scene.current(id)
    const open = (await scene.itemsOf(id, review.id)).filter(({ userType }) => userType !== 'main-customer')
    const item = open.find(({ state }) => state === 'open')
    if (review.state !== 'open' || !item) return
    judged.decided.add(itemId(item))
    await scene.decide(id, { [itemId(item)]: { decision: random.chance(0.5) ? 'revoke' : 'keep' } })
  }
  let taken = 0
  const applyNow = async () => {
    taken += await judged.watch(async () => {
      await scene.apply(id)
      await scene.runDue()
    })
  }
  for (let step = 0; step < steps; step++) {
    if (random.chance(0.12)) await setPolicy()
    if (random.chance(0.2)) await grantSome()
    await startOne()
    if ((await current()) && random.chance(0.3)) await decideOne()
    if (!(await current())) continue
    if (random.chance(0.15)) {
      await scene.commitPlan(cancelReview(scene.context(), await scene.current(id)))
    } else if (random.chance(0.8)) await applyNow()
    taken += await judged.watch(() => scene.after(random.pick([0, 0, 0.01, 1, 3, 8, 15, 31])))
  }
  return { taken, wrong: judged.wrong }
}

test(`${customers} customers lose at most the share in any thirty days, with any policies, reviews and early ends`, async () => {
  const scene = await startReviewScene(engine, { triggered: false })
  let taken = 0
  for (let place = 1; place <= customers; place++) {
    const followed = await follow(scene, place)
    expect(followed.wrong).toEqual([])
    taken += followed.taken
  }
  expect(taken).toBeGreaterThan(customers)
  expect(scene.failures).toEqual([])
  await scene.stop()
}, 300_000)
