import { day } from '../model/dice.ts'
import { defaultPolicy, type Policy } from './state.ts'

const order = ['keep', 'recommendation', 'revoke'] as const

/** A customer's policies and losses, from which the model computes each review's policy and cap independently. */
export class PolicyHistory {
  readonly #set: { at: number; policy: Policy }[] = []
  readonly #losses: number[] = []

  set(policy: Policy, at: number): void {
    this.#set.push({ policy, at })
  }

  /** Records a loss without a decision. */
  lose(at: number): void {
    this.#losses.push(at)
  }

  /** The last policy set, with the strictest value of all that were the last one in the week before. */
  policyAt(time: number): Policy {
    const all = [{ at: Number.NEGATIVE_INFINITY, policy: defaultPolicy }, ...this.#set].filter(
      ({ at }) => at <= time,
    )
    const counting = all
      .filter((_each, place) => (all[place + 1]?.at ?? Number.POSITIVE_INFINITY) + 7 * day > time)
      .map(({ policy }) => policy)
    const mildest = order.find((each) => counting.some(({ unanswered }) => unanswered === each))
    return {
      ...(counting.at(-1) ?? defaultPolicy),
      days: Math.max(...counting.map(({ days }) => days)),
      largestShare: Math.min(...counting.map(({ largestShare }) => largestShare)),
      reviewers: [...new Set(counting.flatMap(({ reviewers }) => reviewers))],
      unanswered: mildest ?? 'keep',
    }
  }

  /** How many more grants may be lost without a decision. */
  limitAt(time: number, held: number, { largestShare }: Policy): number {
    const lately = this.#losses.filter((at) => at > time - 30 * day).length
    return Math.max(0, Math.floor((held * largestShare) / 100) - lately)
  }
}
