import type { Random } from '../../../support/random.ts'
import { type Aim, type Attack, attacked, attacksBy } from './attacks.ts'
import type { Template } from '../copies.ts'

export type Raid = Attack & { id: string; who: string; skew: number }

const operators = ['operator', 'operator', 'operator-2']
const anybody = ['owner', 'ada', 'bob', 'operator', 'operator-2']

/** What races with an acceptance comes often, what ends everything seldom. */
const weights: Record<string, number> = {
  acceptOwnership: 6,
  forceOwnership: 4,
  offerOwnership: 3,
  withdrawOwnership: 2,
  changeUserType: 6,
  deleteUser: 5,
  updateUser: 5,
  unlinkLogin: 4,
  suspendCustomer: 2,
  resumeCustomer: 2,
  updateCustomer: 2,
  closeCustomer: 0.3,
  applyReview: 4,
  decideReviewItem: 3,
  decideReviewItems: 2,
  replaceReviewPolicy: 0.3,
  startReview: 0.3,
  cancelReview: 0.3,
}
const whoMay: Record<string, readonly string[]> = {
  acceptOwnership: ['ada', 'ada', 'ada', 'bob'],
  offerOwnership: ['owner', 'owner', 'ada'],
  forceOwnership: operators,
  suspendCustomer: operators,
  resumeCustomer: operators,
  closeCustomer: operators,
}
const drawn = attacked.flatMap((id) => Array.from({ length: Math.ceil((weights[id] ?? 1) * 3) }, () => id))

type Draw = (id?: string, aim?: Partial<Aim>, who?: string) => Raid

/** What is likely to matter at the same moment: the first lanes' attacks. `isOffered`: whether there's an offer before. */
type Plot = { isOffered: boolean; first: (draw: Draw, random: Random, ada: Partial<Aim>) => Raid[][] }

const againstSuccessor = ['changeUserType', 'deleteUser', 'updateUser', 'unlinkLogin']

export const plots: readonly Plot[] = [
  { isOffered: true, first: () => [] },
  {
    isOffered: true,
    first: (draw, random, ada) => [
      [draw('acceptOwnership', {}, 'ada')],
      [draw(random.pick(againstSuccessor), ada)],
    ],
  },
  {
    isOffered: false,
    first: (draw, random, ada) => [[draw('forceOwnership', ada)], [draw(random.pick(againstSuccessor), ada)]],
  },
  {
    isOffered: false,
    first: (draw, _random, ada) => [
      [draw('offerOwnership', ada, 'owner'), draw('acceptOwnership', {}, 'ada')],
      [draw('forceOwnership')],
    ],
  },
]

/** Up to eight lanes of one or two attacks, on the main-customer or on who may succeed it. */
export function drawRaids(
  random: Random,
  lanes: readonly string[],
  template: Template,
  plot: Plot,
): Record<string, Raid[]> {
  const [owner = '', ada = '', bob = ''] = ['owner', 'ada', 'bob'].map((name) => template.users[name])
  let count = 0
  const draw: Draw = (id = random.pick(drawn), given = {}, who = random.pick(whoMay[id] ?? anybody)) => {
    const target = random.pick([owner, ada, ada, bob])
    const aim = { ...template, target, successor: random.pick([ada, ada, bob]), count: ++count, ...given }
    const attack = random.pick(attacksBy(id, aim))
    return { ...attack, id, who, skew: random.below(20_001) - 10_000 }
  }
  const first = plot.first(draw, random, { target: ada, successor: ada })
  const busy = lanes.slice(0, 2 + random.below(lanes.length - 1))
  const more = () => (random.chance(0.3) ? [draw(), draw()] : [draw()])
  return Object.fromEntries(busy.map((lane, place) => [lane, first[place] ?? more()]))
}
