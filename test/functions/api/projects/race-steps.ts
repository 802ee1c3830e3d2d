import type { Random } from '../../../support/random.ts'
import type { Template } from '../copies.ts'
import type { AskedOfType } from './expected-members.ts'
import type { Ask } from '../parties.ts'

/** A request of a lane; with `matches` it says in `If-Match` what it has just read there. */
export type Step = { id: string; request: Ask; matches?: string; asked?: AskedOfType }

type Drawn = Omit<Ask, 'who' | 'skew'> & { who?: string; matches?: string; asked?: AskedOfType }

/** One or two steps for each lane; the first lane creates a project first, the second changes who is admin. */
export function drawLanes(random: Random, lanes: readonly string[], template: Template) {
  let count = 0
  const draw = (kind: 'project' | 'admins'): Step => {
    const { matches, asked, ...request } = (kind === 'project' ? createProject : changeAdmins)(
      random,
      template,
      ++count,
    )
    const who = request.who ?? random.pick(['operator', 'operator', 'owner', 'ada', 'bob'])
    const skew = random.below(20_001) - 10_000
    return {
      id: `step-${count}`,
      request: { ...request, who, skew },
      ...(matches !== undefined && { matches }),
      asked: asked ?? {},
    }
  }
  const kinds = ['project', 'admins', 'admins'] as const
  return Object.fromEntries(
    lanes.map((lane, place) => {
      const first = place < 2 ? (kinds[place] ?? 'admins') : random.pick(kinds)
      const second = random.chance(0.4) ? [draw(random.pick(kinds))] : []
      return [lane, [draw(first), ...second]]
    }),
  )
}

function createProject(_random: Random, { path }: Template, count: number): Drawn {
  return { method: 'POST', path: `${path}/projects`, body: { name: `project ${count}` } }
}

function changeAdmins(random: Random, { path, users, projects }: Template, count: number): Drawn {
  const ofUser = (name: string) => `${path}/users/${users[name]}`
  const retype = (name: string, body: object, asked: AskedOfType): Drawn => {
    const matches = ofUser(name)
    return { method: 'PUT', path: `${matches}/type`, body: { ...body, ...asked }, matches, asked }
  }
  const promote = (): Drawn => {
    const joinExisting = random.chance(0.25) ? { joinExisting: true } : {}
    return retype(random.pick(['tim', 'tom', 'tim', 'tom', 'ada']), { type: 'customer-admin' }, joinExisting)
  }
  const demote = (): Drawn => {
    const keep = random.chance(0.3) ? { keep: [String(projects.web)] } : {}
    return retype(random.pick(['ada', 'bob']), { type: 'customer-tech' }, keep)
  }
  const remove = (): Drawn => {
    const matches = ofUser(random.pick(['ada', 'bob', 'tim']))
    return { method: 'DELETE', path: matches, matches }
  }
  const invite = (): Drawn => {
    const body = { email: `new-${count}@people.example`, name: 'New', type: 'customer-admin' }
    return { method: 'POST', path: `${path}/users`, body }
  }
  const force = (): Drawn => {
    const body = { to: users[random.pick(['ada', 'bob'])] }
    return { who: 'operator', method: 'POST', path: `${path}/ownership-transfer/force`, body, matches: path }
  }
  const accept = (): Drawn => {
    const matches = `${path}/ownership-transfer`
    return { who: 'ada', method: 'POST', path: `${matches}/accept`, matches }
  }
  return random.pick([promote, promote, promote, demote, remove, invite, force, accept])()
}
