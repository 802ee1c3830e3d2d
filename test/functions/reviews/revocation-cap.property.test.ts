import { expect, test } from 'vitest'
import { readWholeCustomer } from '../../../shared/directory/customers/export-customer.ts'
import { entitlementsOf } from '../../../shared/domain/access/entitlements.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import { cancelReview } from '../../../shared/reviews/transition.ts'
import { itemId } from '../../../shared/reviews/model/review-item.ts'
import type { ReviewScope, Unanswered } from '../../../shared/reviews/policy/review-policy.ts'
import { startTestEngine } from '../../support/engine.ts'
import { runs } from '../../support/long.ts'
import { Random } from '../../support/random.ts'
import { type ReviewedScene, startReviewed } from './scene.ts'
import { createStaffed, type Staffed } from './directory.ts'

const engine = await startTestEngine()
const customers = runs(3)
const steps = 16
const day = 86_400_000

/** What is wanted of reviews, since when; what a review may take at most, which began then. */
type Wish = { at: number; share: number; unanswered: Unanswered }
type Loss = { at: number; count: number }

const choices: readonly Unanswered[] = ['revoke', 'revoke', 'revoke', 'revoke', 'recommendation', 'keep']
const harshness = { keep: 0, recommendation: 1, revoke: 2 }

/** A customer and, beside it, all that has to be known to judge what its reviews take. */
class Judged {
  readonly wishes: Wish[] = [{ at: Number.NEGATIVE_INFINITY, share: 20, unanswered: 'recommendation' }]
  readonly losses: Loss[] = []
  readonly wrong: string[] = []
  readonly decided = new Set<string>()
  started = 0
  readonly #scene: ReviewedScene
  readonly #staffed: Staffed

  constructor(scene: ReviewedScene, staffed: Staffed) {
    this.#scene = scene
    this.#staffed = staffed
  }

  get now(): number {
    return this.#scene.clock.now().getTime()
  }

  /** By the ids that items have, what each grant gives. */
  async held(): Promise<Map<string, string>> {
    const { table, customerOf, clock } = this.#scene
    const whole = await readWholeCustomer(table, await customerOf(this.#staffed.id))
    const resources = {
      customer: whole.customer,
      projects: new Map(whole.projects.map((project) => [project.id, project])),
      servers: new Map(whole.servers.map((server) => [server.id, server])),
    }
    const now = instantOf(clock.now())
    return new Map(
      whole.holders.flatMap(({ user, grants }) =>
        entitlementsOf(user, grants, resources, now).map(({ resource, terms }) => [
          itemId({ userId: user.id, resource }),
          JSON.stringify([terms.roles, terms.capabilities]),
        ]),
      ),
    )
  }

  /** The worker does what is due, and nobody else does anything: what is less afterwards, it has taken. */
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

  /** Of all that was wanted in the week before the review began. */
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

async function follow(scene: ReviewedScene, place: number) {
  const random = new Random(place)
  const id = `BRK${String(place).padStart(6, '0')}`
  const staffed = await createStaffed(scene, id)
  const projects = [await staffed.project(), await staffed.project()]
  const people = [await staffed.user('customer-admin')]
  for (let count = 0; count < 5; count++)
    people.push(await staffed.user('customer-tech', 'active', random.chance(0.5)))
  const grantSome = async () => {
    for (let count = 0; count < 3; count++)
      await staffed.grant(random.pick(people), random.pick(projects), 'full')
  }
  await grantSome()
  const judged = new Judged(scene, staffed)
  await scene.policy(id, { everyMonths: 'never', unanswered: 'revoke' }, 0)
  judged.wishes.push({ at: judged.now, share: 20, unanswered: 'revoke' })
  await scene.after(7)
  const current = async () => (await scene.calendarOf(id))?.current
  const scopes: ReviewScope[] = [
    {},
    { projects: projects.slice(0, 1) },
    { projects: projects.slice(1) },
    { types: ['customer-tech'] },
    { origins: ['explicit'] },
  ]
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
    await scene.lookAtAll()
  }
  const decideOne = async () => {
    const { review } = await scene.underWay(id)
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
      await scene.lookAtAll()
    })
  }
  for (let step = 0; step < steps; step++) {
    if (random.chance(0.12)) await setPolicy()
    if (random.chance(0.2)) await grantSome()
    await startOne()
    if ((await current()) && random.chance(0.3)) await decideOne()
    if (!(await current())) continue
    if (random.chance(0.15)) {
      await scene.done(cancelReview(scene.context(), await scene.underWay(id)))
    } else if (random.chance(0.8)) await applyNow()
    taken += await judged.watch(() => scene.after(random.pick([0, 0, 0.01, 1, 3, 8, 15, 31])))
  }
  return { taken, wrong: judged.wrong }
}

test(`${customers} customers lose no more in any thirty days than the share, whatever policies, reviews and early ends there are`, async () => {
  const scene = await startReviewed(engine, { wakes: false })
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
