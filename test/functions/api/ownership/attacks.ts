import { requestTo, taggedPlace } from '../changes/route-requests.ts'
import type { Template } from '../copies.ts'
import { mailOf } from '../parties.ts'

/** At whom: the ids of the user and of somebody who could be the next main-customer. */
export type Aim = Pick<Template, 'c' | 'path' | 'projects' | 'review'> & {
  target: string
  successor: string
  count: number
}

/** `matches`: what `If-Match` speaks of, where it's required. */
export type Attack = { method: string; path: string; body?: unknown; matches?: string }

/** What the path names, where it isn't the target, the project `web` and the server, and the body. */
type Tried = { names?: Record<string, string>; body?: unknown }

const once = () => [{}]
const inProjects = (...projects: (string | undefined)[]) =>
  projects.map((id) => ({ names: { p: String(id) } }))
const bodies = (...each: object[]) => each.map((body) => ({ body }))
const soon = { expiresAt: '2026-11-23T12:00:30Z' }

const tries: Record<string, (aim: Aim) => Tried[]> = {
  createCustomer: ({ c }) =>
    bodies({ id: c, organisation: 'Mine', mainCustomer: { name: 'Eve', email: mailOf('eve') } }),
  updateCustomer: () => bodies({ organisation: 'Mine' }),
  suspendCustomer: once,
  resumeCustomer: once,
  closeCustomer: once,
  replaceContact: () => bodies({ name: 'Mine' }),
  replaceBilling: () => bodies({ companyName: 'Mine' }),
  createUser: ({ count }) =>
    [mailOf('owner'), mailOf(`more-${count}`)].map((email) => ({
      body: { email, name: 'Mallory', type: 'customer-admin', main: true },
    })),
  updateUser: ({ count }) =>
    bodies(
      { status: 'disabled' },
      { email: mailOf(`moved-${count}`) },
      { name: 'Nobody' },
      { status: 'active' },
    ),
  deleteUser: once,
  unlinkLogin: once,
  changeUserType: ({ projects }) =>
    bodies(
      { type: 'customer-tech', keep: [projects.web] },
      { type: 'customer-tech' },
      { type: 'customer-billing' },
      { type: 'customer-admin', joinExisting: true },
    ),
  offerOwnership: ({ successor }) => bodies({ to: successor }),
  withdrawOwnership: once,
  acceptOwnership: once,
  forceOwnership: ({ successor }) => bodies({ to: successor }),
  createProject: ({ c, count }) => bodies({ name: c }, { name: `more ${count}` }),
  updateProject: ({ projects, count }) =>
    inProjects('main', projects.web).map((of) => ({ ...of, body: { name: `renamed ${count}` } })),
  deleteProject: ({ projects }) => inProjects('main', projects.web),
  putMember: ({ projects }) => [
    { names: { p: 'main' }, body: { roles: ['cdn'], ...soon } },
    { body: { roles: ['dns:read'] } },
    { names: { p: String(projects.old) }, body: { roles: ['dns:read'], ...soon } },
  ],
  removeMember: ({ projects }) => inProjects('main', projects.old, projects.web),
  putServer: () => bodies({ hostname: 'mine.people.example' }),
  deleteServer: once,
  putAssignment: () => bodies({ capabilities: ['view'], ...soon }),
  removeAssignment: once,
  replaceReviewPolicy: ({ target }) =>
    bodies({ everyMonths: 1, days: 1, reviewers: [target], unanswered: 'revoke', largestShare: 100 }),
  startReview: () => bodies({}, { scope: { types: ['main-customer'] } }),
  decideReviewItem: ({ target, projects }) =>
    ['main', projects.old, projects.web].flatMap((id) =>
      [
        { decision: 'revoke' },
        { decision: 'keep', until: soon.expiresAt },
        { decision: 'reduce', roles: id === 'main' ? [] : ['dns:read'] },
      ].map((body) => ({ names: { i: `${target}.project.${id}` }, body })),
    ),
  decideReviewItems: ({ target, projects }) => {
    const items = ['main', projects.old, projects.web].map((id) => `${target}.project.${id}`)
    return bodies({ decisions: items.map((item) => ({ item, decision: 'revoke' })) })
  },
  applyReview: once,
  cancelReview: once,
  inviteUser: once,
  setMailPreference: () => bodies({ optedOut: true }),
  retryDelivery: once,
}

export const attacked = Object.keys(tries)

/** What can be tried through a changing route to end up without a main-customer or with two. */
export function attacksBy(route: string, aim: Aim): Attack[] {
  const { c, target: u, projects, review: r = '' } = aim
  return (tries[route]?.(aim) ?? []).map(({ names, body }) => {
    const known = { c, u, p: String(projects.web), s: 'vps-1', r, source: 'orders', id: 'none' }
    const request = requestTo(route, { ...known, ...names })
    const { method, path, isMatchRequired } = request
    return { method, path, body, ...(isMatchRequired && { matches: taggedPlace(request) }) }
  })
}
