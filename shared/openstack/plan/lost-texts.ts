import { fourByteCharacterIn } from '../keystone/delicate-text.ts'
import type { LostText } from './obstacle.ts'
import type { KeystonePlan } from './plan-project.ts'
import type { Step } from './step.ts'

/** Names and descriptions of projects that a database may accept without an error and store with question marks. */
export function delicateTexts(steps: readonly Step[]): string[] {
  return steps.flatMap(textsOf).filter((text) => fourByteCharacterIn(text) !== undefined)
}

function textsOf(step: Step): string[] {
  if (step.do === 'create-project') return [step.project.name, step.project.description]
  if (step.do !== 'change-project') return []
  return [step.change.name ?? '', step.change.description ?? '']
}

/** Turns the steps for texts that were accepted before and not stored into obstacles. */
export function withoutLostTexts(plan: KeystonePlan, accepted: ReadonlySet<string>): KeystonePlan {
  const lost = plan.steps.filter((step) => delicateTexts([step]).some((text) => accepted.has(text)))
  if (lost.length === 0) return plan
  return {
    ...plan,
    steps: plan.steps.filter((step) => !lost.includes(step)),
    obstacles: [...plan.obstacles, ...lost.flatMap(lostTextOf)],
  }
}

function lostTextOf(step: Step): LostText[] {
  if (step.do !== 'change-project') return []
  const field = step.change.name === undefined ? 'description' : 'name'
  return delicateTexts([step]).map((text) => ({
    what: 'text',
    field,
    character: fourByteCharacterIn(text) ?? '',
  }))
}
