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

type Attacks = (aim: Aim) => Attack[]

const ofCustomer =
  (verb: string): Attacks =>
  ({ path }) => [{ method: 'POST', path: `${path}/${verb}` }]

/** What can be tried through every changing route, by its id, to end up without a main-customer or with two. */
export const attacks: Record<string, Attacks> = {
  createCustomer: ({ c }) => [
    {
      method: 'POST',
      path: '/v1/customers',
      body: { id: c, organisation: 'Mine', mainCustomer: { name: 'Eve', email: mailOf('eve') } },
    },
  ],
  updateCustomer: ({ path }) => [{ method: 'PATCH', path, body: { organisation: 'Mine' } }],
  suspendCustomer: ofCustomer('suspend'),
  resumeCustomer: ofCustomer('resume'),
  closeCustomer: ({ path }) => [{ method: 'POST', path: `${path}/close`, matches: path }],
  replaceContact: ({ path }) => [{ method: 'PUT', path: `${path}/contact`, body: { name: 'Mine' } }],
  replaceBilling: ({ path }) => [{ method: 'PUT', path: `${path}/billing`, body: { companyName: 'Mine' } }],
  createUser: ({ path, count }) =>
    [mailOf('owner'), mailOf(`more-${count}`)].map((email) => ({
      method: 'POST',
      path: `${path}/users`,
      body: { email, name: 'Mallory', type: 'customer-admin', main: true },
    })),
  updateUser: ({ path, target, count }) =>
    [
      { status: 'disabled' },
      { email: mailOf(`moved-${count}`) },
      { name: 'Nobody' },
      { status: 'active' },
    ].map((body) => ({ method: 'PATCH', path: `${path}/users/${target}`, body })),
  deleteUser: ({ path, target }) => [
    { method: 'DELETE', path: `${path}/users/${target}`, matches: `${path}/users/${target}` },
  ],
  unlinkLogin: ({ path, target }) => [{ method: 'DELETE', path: `${path}/users/${target}/login` }],
  changeUserType: ({ path, target, projects }) =>
    [
      { type: 'customer-tech', keep: [projects.web] },
      { type: 'customer-tech' },
      { type: 'customer-billing' },
      { type: 'customer-admin', joinExisting: true },
    ].map((body) => ({
      method: 'PUT',
      path: `${path}/users/${target}/type`,
      body,
      matches: `${path}/users/${target}`,
    })),
  offerOwnership: ({ path, successor }) => [
    { method: 'POST', path: `${path}/ownership-transfer`, body: { to: successor }, matches: path },
  ],
  withdrawOwnership: ({ path }) => [
    { method: 'DELETE', path: `${path}/ownership-transfer`, matches: `${path}/ownership-transfer` },
  ],
  acceptOwnership: ({ path }) => [
    { method: 'POST', path: `${path}/ownership-transfer/accept`, matches: `${path}/ownership-transfer` },
  ],
  forceOwnership: ({ path, successor }) => [
    { method: 'POST', path: `${path}/ownership-transfer/force`, body: { to: successor }, matches: path },
  ],
  createProject: ({ path, c, count }) =>
    [c, `more ${count}`].map((name) => ({ method: 'POST', path: `${path}/projects`, body: { name } })),
  updateProject: ({ path, projects, count }) =>
    ['main', projects.web].map((id) => ({
      method: 'PATCH',
      path: `${path}/projects/${id}`,
      body: { name: `renamed ${count}` },
    })),
  deleteProject: ({ path, projects }) =>
    ['main', projects.web].map((id) => ({
      method: 'DELETE',
      path: `${path}/projects/${id}`,
      matches: `${path}/projects/${id}`,
    })),
  putMember: ({ path, target, projects }) =>
    [
      { project: 'main', body: { roles: ['cdn'], expiresAt: '2026-11-23T12:00:30Z' } },
      { project: projects.web, body: { roles: ['dns:read'] } },
      { project: projects.old, body: { roles: ['dns:read'], expiresAt: '2026-11-23T12:00:30Z' } },
    ].map(({ project, body }) => ({
      method: 'PUT',
      path: `${path}/projects/${project}/members/${target}`,
      body,
    })),
  removeMember: ({ path, target, projects }) =>
    ['main', projects.old, projects.web].map((id) => ({
      method: 'DELETE',
      path: `${path}/projects/${id}/members/${target}`,
    })),
  putServer: ({ path }) => [
    { method: 'PUT', path: `${path}/servers/vps-1`, body: { hostname: 'mine.people.example' } },
  ],
  deleteServer: ({ path }) => [{ method: 'DELETE', path: `${path}/servers/vps-1` }],
  putAssignment: ({ path, target }) => [
    {
      method: 'PUT',
      path: `${path}/servers/vps-1/assignments/${target}`,
      body: { capabilities: ['view'], expiresAt: '2026-11-23T12:00:30Z' },
    },
  ],
  removeAssignment: ({ path, target }) => [
    { method: 'DELETE', path: `${path}/servers/vps-1/assignments/${target}` },
  ],
  replaceReviewPolicy: ({ path, target }) => [
    {
      method: 'PUT',
      path: `${path}/review-policy`,
      body: { everyMonths: 1, days: 1, reviewers: [target], unanswered: 'revoke', largestShare: 100 },
    },
  ],
  startReview: ({ path }) =>
    [{}, { scope: { types: ['main-customer'] } }].map((body) => ({
      method: 'POST',
      path: `${path}/reviews`,
      body,
    })),
  decideReviewItem: ({ path, target, projects, review }) =>
    ['main', projects.old, projects.web].flatMap((id) =>
      [
        { decision: 'revoke' },
        { decision: 'keep', until: '2026-11-23T12:00:30Z' },
        { decision: 'reduce', roles: id === 'main' ? [] : ['dns:read'] },
      ].map((body) => ({
        method: 'PUT',
        path: `${path}/reviews/${review}/items/${target}.project.${id}/decision`,
        body,
      })),
    ),
  decideReviewItems: ({ path, target, projects, review }) => [
    {
      method: 'POST',
      path: `${path}/reviews/${review}/decisions`,
      body: {
        decisions: ['main', projects.old, projects.web].map((id) => ({
          item: `${target}.project.${id}`,
          decision: 'revoke',
        })),
      },
    },
  ],
  applyReview: ({ path, review }) => [
    {
      method: 'POST',
      path: `${path}/reviews/${review}/apply`,
      matches: `${path}/reviews/${review}`,
    },
  ],
  cancelReview: ({ path, review }) => [{ method: 'POST', path: `${path}/reviews/${review}/cancel` }],
  inviteUser: ({ path, target }) => [{ method: 'POST', path: `${path}/users/${target}/invite` }],
  setMailPreference: () => [{ method: 'PUT', path: '/v1/me/mail', body: { optedOut: true } }],
  retryDelivery: () => [{ method: 'POST', path: '/v1/deliveries/orders/none/retry' }],
}
