/** The rule of one route (`functions/api/README.md`), and a request for it that is valid but for the right. */
export type Row = {
  route: string
  /** A permission of the domain, or one of the special cases that `verdict.ts` knows. */
  needs: string
  /** Whose name in the path the right is about; absent: the customer as a whole, or none. */
  on?: 'u' | 'p' | 's'
  /** Tells several requests for the same route apart. */
  as?: string
  body?: (ids: Ids) => object
  /** Parameters that the route requires. */
  query?: (now: Date) => string
  /** What the body names by an id. */
  names?: readonly Dimension[]
  /** Who is meant by an `ordinary` user, where it isn't a tech. */
  ordinary?: 'spare admin'
  /** Whose ETag goes into `If-Match`, where it is required. */
  matches?: string
  /** Who may do it to the main-customer, where that is locked to others. */
  toMainCustomer?: readonly ('itself' | 'operator')[]
  /** What it would begin is under way already. */
  isUnderWay?: true
  /** Everybody has what it would be for. */
  isNeedless?: true
  /** Reads a grant or takes it away, so there has to be one. */
  needsGrant?: true
}

type Extra = Omit<Row, 'route' | 'needs'>
const row = (route: string, needs: string, extra: Extra = {}): Row => ({ route, needs, ...extra })

const customer = '/v1/customers/{c}'
const user = `${customer}/users/{u}`
const transfer = `${customer}/ownership-transfer`
const project = `${customer}/projects/{p}`
const server = `${customer}/servers/{s}`
const reviews = `${customer}/reviews`
const review = `${reviews}/{r}`
const item = `${review}/items/{i}`
const delivery = '/v1/deliveries/{source}/{id}'

const address = { street: 'Main Street 1', city: 'Leiden', postalCode: '2311', country: 'NL' }
const question = ({ subject, p }: Ids) => ({
  subject: { type: 'user', id: subject },
  action: { name: 'project.read' },
  resource: { type: 'project', id: p },
})
let reasons = 0
/** Or the decision would be made already. */
const another = () => `reason ${++reasons}`
const onUser: Extra = { on: 'u', toMainCustomer: [] }

export const rows: readonly Row[] = [
  row('GET /healthz', 'nothing'),
  row('GET /openapi.json', 'nothing'),
  row('GET /.well-known/oauth-protected-resource', 'nothing'),
  row('GET /.well-known/jwks.json', 'nothing'),
  row('GET /.well-known/authzen-configuration/v1/customers/{c}', 'nothing'),
  row('GET /v1/me', 'a token'),
  row('GET /v1/me/mail', 'an address'),
  row('PUT /v1/me/mail', 'an address', { body: () => ({ optedOut: true }) }),
  row('GET /v1/mail/{t}', 'a link'),
  row('POST /v1/mail/{t}', 'a link'),

  row('GET /v1/customers', 'operator'),
  row('POST /v1/customers', 'operator', {
    body: ({ newId }) => ({
      id: newId,
      organisation: 'New',
      mainCustomer: { name: 'Nina', email: 'nina@new.example' },
    }),
    names: ['newId'],
  }),
  row(`GET ${customer}`, 'account.read'),
  row(`PATCH ${customer}`, 'account.update', { body: () => ({ organisation: 'Renamed' }) }),
  row(`POST ${customer}/suspend`, 'operator'),
  row(`POST ${customer}/resume`, 'operator'),
  row(`POST ${customer}/close`, 'operator', { matches: customer }),
  row(`GET ${customer}/contact`, 'contact.read'),
  row(`PUT ${customer}/contact`, 'contact.update', { body: () => ({ name: 'Back office', address }) }),
  row(`GET ${customer}/billing`, 'billing.read'),
  row(`PUT ${customer}/billing`, 'billing.update', { body: () => ({ companyName: 'Ltd', address }) }),

  row(`GET ${customer}/users`, 'user.read'),
  row(`POST ${customer}/users`, 'user.manage', {
    body: () => ({ email: 'new@new.example', name: 'New', type: 'customer-tech', main: true }),
  }),
  row(`GET ${user}`, 'user.read', { on: 'u' }),
  row(`PATCH ${user}`, 'user.manage', {
    ...onUser,
    as: 'name',
    body: () => ({ name: 'Renamed' }),
    toMainCustomer: ['itself', 'operator'],
  }),
  row(`PATCH ${user}`, 'user.manage', {
    ...onUser,
    as: 'e-mail',
    body: () => ({ email: 'moved@new.example' }),
  }),
  row(`PATCH ${user}`, 'user.manage', { ...onUser, as: 'status', body: () => ({ status: 'disabled' }) }),
  row(`DELETE ${user}`, 'user.manage', { ...onUser, matches: user }),
  row(`DELETE ${user}/login`, 'user.manage', { ...onUser, toMainCustomer: ['operator'] }),
  row(`POST ${user}/invite`, 'user.manage', {
    ...onUser,
    toMainCustomer: ['itself', 'operator'],
    isNeedless: true,
  }),
  row(`PUT ${user}/type`, 'user.manage', {
    ...onUser,
    ordinary: 'spare admin',
    body: ({ keep }) => ({ type: 'customer-tech', ...(keep === undefined ? {} : { keep: [keep] }) }),
    names: ['keep'],
    matches: user,
  }),
  row(`GET ${user}/grants`, 'user.read', { on: 'u' }),
  row(`GET ${user}/access`, 'user.read', { on: 'u' }),

  row(`POST ${transfer}`, 'offering', {
    body: ({ to }) => ({ to }),
    names: ['to'],
    matches: customer,
  }),
  row(`GET ${transfer}`, 'seeing'),
  row(`DELETE ${transfer}`, 'withdrawing', { matches: transfer }),
  row(`POST ${transfer}/accept`, 'accepting', { matches: transfer }),
  row(`POST ${transfer}/force`, 'operator', {
    body: ({ to }) => ({ to }),
    names: ['to'],
    matches: customer,
  }),

  row(`GET ${customer}/projects`, 'project.read'),
  row(`POST ${customer}/projects`, 'project.manage', { body: () => ({ name: 'Fresh' }) }),
  row(`GET ${project}`, 'project.read', { on: 'p' }),
  row(`PATCH ${project}`, 'project.manage', { on: 'p', body: () => ({ description: 'Told anew' }) }),
  row(`DELETE ${project}`, 'project.manage', { on: 'p', matches: project }),
  row(`GET ${project}/members`, 'project.read', { on: 'p' }),
  row(`GET ${project}/members/{u}`, 'members', { on: 'p', needsGrant: true }),
  row(`PUT ${project}/members/{u}`, 'members', {
    on: 'p',
    body: ({ p }) => ({ roles: p === 'main' ? ['cdn'] : ['compute:read'] }),
    toMainCustomer: [],
  }),
  row(`DELETE ${project}/members/{u}`, 'members', {
    on: 'p',
    toMainCustomer: [],
    needsGrant: true,
  }),

  row(`GET ${customer}/servers`, 'server.read'),
  row(`GET ${server}`, 'server.read', { on: 's' }),
  row(`PUT ${server}`, 'operator', { body: () => ({ hostname: 'new.example' }) }),
  row(`DELETE ${server}`, 'operator', { on: 's' }),
  row(`GET ${server}/assignments`, 'server.read', { on: 's' }),
  row(`GET ${server}/assignments/{u}`, 'server.assign', { on: 's', needsGrant: true }),
  row(`PUT ${server}/assignments/{u}`, 'server.assign', {
    on: 's',
    body: () => ({ capabilities: ['console'] }),
  }),
  row(`DELETE ${server}/assignments/{u}`, 'server.assign', { on: 's', needsGrant: true }),

  row(`GET ${customer}/review-policy`, 'review.manage'),
  row(`PUT ${customer}/review-policy`, 'review.manage', { body: () => ({ everyMonths: 'never' }) }),
  row(`GET ${reviews}`, 'review.manage'),
  row(`POST ${reviews}`, 'review.manage', { body: () => ({}), isUnderWay: true }),
  row(`GET ${review}`, 'reviewing'),
  row(`GET ${review}/items`, 'reviewing'),
  row(`GET ${item}`, 'reviewing'),
  row(`PUT ${item}/decision`, 'deciding', { body: () => ({ decision: 'keep', reason: another() }) }),
  row(`POST ${review}/decisions`, 'deciding', {
    body: ({ i }) => ({ decisions: [{ item: i, decision: 'keep', reason: another() }] }),
    names: ['i'],
  }),
  row(`POST ${review}/apply`, 'review.manage', { matches: review }),
  row(`POST ${review}/cancel`, 'review.manage'),
  row(`GET ${review}/report`, 'review.manage'),

  row(`GET ${customer}/events`, 'audit.read'),
  row(`GET ${customer}/access/at`, 'audit.read', {
    query: (now) => `?time=${now.toISOString()}&resource=customer/none`,
  }),
  row(`GET ${customer}/export`, 'operator'),
  row(`POST ${customer}/access/v1/evaluation`, 'asking', { body: question, names: ['subject', 'p'] }),
  row(`POST ${customer}/access/v1/evaluations`, 'asking', {
    body: (ids) => ({ evaluations: [question(ids)] }),
    names: ['subject', 'p'],
  }),
  row(`POST ${customer}/access/v1/search/subject`, 'searching', {
    body: (ids) => ({ ...question(ids), subject: { type: 'user' } }),
    names: ['p'],
  }),
  row(`POST ${customer}/access/v1/search/resource`, 'asking', { body: question, names: ['subject', 'p'] }),
  row(`POST ${customer}/access/v1/search/action`, 'asking', { body: question, names: ['subject', 'p'] }),

  row('GET /v1/deliveries', 'operator'),
  row(`GET ${delivery}`, 'operator'),
  row(`POST ${delivery}/retry`, 'operator'),
  row('GET /v1/openstack', 'operator'),
]

export const methodOf = ({ route }: Row): string => route.split(' ')[0] ?? ''
export const pathOf = ({ route }: Row): string => route.split(' ')[1] ?? ''
/** About oneself, or, with `user.read`, about anybody; searching for users is always about others. */
export const isAsking = ({ needs }: Pick<Row, 'needs'>): boolean =>
  needs === 'asking' || needs === 'searching'
export const changes = (each: Row): boolean =>
  methodOf(each) !== 'GET' && each.needs !== 'a link' && !isAsking(each)
export const nameOf = ({ route, as }: Row): string => (as === undefined ? route : `${route} (${as})`)

/** What a request names: parameters of its path, and what its body names by an id. */
export type Dimension =
  | 'c'
  | 'u'
  | 'p'
  | 's'
  | 'r'
  | 'i'
  | 'source'
  | 'id'
  | 'to'
  | 'keep'
  | 'subject'
  | 't'
  | 'newId'

/** What a target comes to: an id for each thing that it names. */
export type Ids = { [D in Dimension]?: string | undefined }
