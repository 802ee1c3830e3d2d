import { describe, expect, it } from 'vitest'
import { isToBeRenamed } from '../../../../functions/openstack/converge/project-diff.ts'
import { requeueWaiting } from '../../../../functions/openstack/converge/requeue.ts'
import type { Project } from '../../../../shared/domain/entities/project.ts'
import { delicateTexts, withoutLostTexts } from '../../../../shared/openstack/plan/lost-texts.ts'
import type { KeystonePlan } from '../../../../shared/openstack/plan/plan-project.ts'
import type { Step } from '../../../../shared/openstack/plan/step.ts'
import { projectItem } from '../../../../shared/records/projects.ts'
import { startTestEngine } from '../../../support/engine.ts'
import { customerId, startRuns } from '../bare-run.ts'

const engine = await startTestEngine()
const runs = await startRuns(engine)
const { table, now, freshRun, recordOf, write, clock } = runs

const change = (name: string, of?: { customerId: string; projectId: string }): Step => ({
  do: 'change-project',
  id: 'k1',
  change: { name },
  why: of ? 'make-room' : 'rename',
  ...(of && { of }),
})
const describeAs = (description: string): Step => {
  return { do: 'change-project', id: 'k1', change: { description }, why: 'describe' }
}

/** With a project in the directory; returns whether one in Keystone with this name, and its tag or another, will be renamed. */
const written = async (more: Partial<Project> = {}) => {
  const { projectId: id } = freshRun().ref
  const at = { createdAt: now(), updatedAt: now() }
  const cafe = { kind: 'openstack', name: 'café', status: 'active' } as const
  const project = { id, customerId, ...cafe, ...at, ...more }
  await table.transact([{ put: projectItem(project), expectedVersion: 'absent' }])
  const tags = ['latchkey', `latchkey:${customerId}:${id}`]
  const there = { id: 'k1', description: '', enabled: true, domainId: 'default', tags }
  return (name: string, tag = tags[1] ?? '') =>
    isToBeRenamed(table, customerId, { ...there, name, tags: ['latchkey', tag] })
}

const plan = (...steps: Step[]): KeystonePlan => ({ projectId: 'k1', steps, obstacles: [], strangers: [] })

describe('a project that waits for another one’s name', () => {
  const { ref: holder } = freshRun()
  const waiting = async (dependsOn: string) => {
    const run = freshRun()
    await write(run, { state: 'failed', since: now(), dependsOn, due: '2027-01-01T00:00:00.000000000Z' })
    return run
  }
  const stateAfter = async (steps: readonly Step[], dependsOn = holder.projectId) => {
    const run = await waiting(dependsOn)
    clock.move(1000)
    await requeueWaiting(table, holder, steps)
    const { state, due } = (await recordOf(run)) ?? {}
    return [state, due === now() ? 'due' : 'not due']
  }

  it.each<[string, Step[]]>([
    ['is renamed', [change('x')]],
    ['is deleted', [{ do: 'delete-project', id: 'k1' }]],
    ['makes room', [change('x', { customerId, projectId: holder.projectId })]],
  ])('is due at once where that one %s', async (_, steps) => {
    expect(await stateAfter(steps)).toEqual(['pending', 'due'])
    expect(await stateAfter(steps, 'prj_other')).toEqual(['failed', 'not due'])
  })

  it.each<[string, Step[]]>([
    ['keeps its name', [describeAs('x'), { do: 'create-role', name: 'x' }]],
    ['is another customer’s', [change('x', { customerId: 'bge000081', projectId: holder.projectId })]],
  ])('goes on waiting where that one %s', async (_, steps) => {
    expect(await stateAfter(steps)).toEqual(['failed', 'not due'])
  })
})

describe('a project of ours that has the name of another one in Keystone', () => {
  it('loses it only if it has another name in the directory', async () => {
    const asked = await written()
    expect([await asked(`${customerId}_café`), await asked(`${customerId}_cafe`)]).toEqual([false, true])
    const deleted = await written({ status: 'deleting' })
    expect(await deleted(`${customerId}_café`)).toBe(true)
  })

  it('keeps it if it is another customer’s, nobody’s or unknown', async () => {
    const asked = await written()
    for (const tag of ['theirs', 'latchkey:bge000081:prj_1', `latchkey:${customerId}:prj_unknown`])
      expect(await asked(`${customerId}_x`, tag)).toBe(false)
  })
})

describe('a text that Keystone accepted and has not stored', () => {
  const [rename, describing, plain] = [change('shop 💥'), describeAs('a 🚀'), change('shop')]

  it('is checked only if it has a character of four bytes', () => {
    const more = { description: 'plain', enabled: true, tags: [], identity: '' }
    const project = { domainId: 'd', name: 'a 💥', ...more }
    const texts = delicateTexts([{ do: 'create-project', project }, rename, describing, plain])
    expect(texts).toEqual(['a 💥', 'shop 💥', 'a 🚀'])
  })

  it('is an obstacle and not tried again, whatever the other steps', () => {
    const all = plan(rename, describing, plain)
    expect(withoutLostTexts(all, new Set())).toBe(all)
    expect(withoutLostTexts(all, new Set(['shop 💥', 'a 🚀']))).toEqual({
      ...plan(plain),
      obstacles: [
        { what: 'text', field: 'name', character: '💥' },
        { what: 'text', field: 'description', character: '🚀' },
      ],
    })
  })
})
