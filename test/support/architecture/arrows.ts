/** `*` stands for one folder or file name, the same in `from` and `to`. */
export type Arrow = {
  from: string
  /** Paths (of folders, with all below them) whose files may be imported. */
  to: string[]
  /** The only packages and Node modules it may import; without, all that `package.json` declares. */
  packages?: string[]
}

const domain = ['shared/domain/']
const stored = ['shared/records/', 'shared/table/', 'shared/domain/', 'shared/runtime/']
const directory = (...folders: string[]) => folders.map((folder) => `shared/directory/${folder}/`)
const api = (...folders: string[]) => folders.map((folder) => `functions/api/${folder}/`)

/** Who may import whom: the first row whose `from` a file's path begins with counts, and every file needs one. */
export const arrows: Arrow[] = [
  { from: 'shared/runtime/', to: ['shared/runtime/', 'shared/domain/values/'] },
  { from: 'shared/domain/values/', to: ['shared/domain/values/'], packages: ['valibot'] },
  {
    from: 'shared/domain/text/',
    to: ['shared/domain/text/', 'shared/domain/values/'],
    packages: ['valibot'],
  },
  {
    from: 'shared/domain/entities/',
    to: ['shared/domain/entities/', 'shared/domain/text/', 'shared/domain/values/'],
    packages: ['valibot'],
  },
  { from: 'shared/domain/access/', to: domain, packages: ['valibot'] },
  { from: 'shared/aws/', to: ['shared/aws/', 'shared/runtime/'], packages: ['node:crypto'] },
  { from: 'shared/table/', to: ['shared/table/', 'shared/aws/', 'shared/domain/values/', 'shared/runtime/'] },
  { from: 'shared/records/', to: ['shared/records/', 'shared/table/', 'shared/domain/'] },
  { from: 'shared/usage/', to: ['shared/usage/', ...stored] },
  { from: 'shared/directory/change/', to: [...directory('change'), ...stored, 'shared/openstack/sync/'] },
  { from: 'shared/directory/facts/', to: [...directory('facts'), ...stored] },
  { from: 'shared/directory/search/', to: [...directory('search', 'facts'), ...stored] },
  { from: 'shared/directory/access-at/', to: [...directory('access-at', 'facts'), ...stored] },
  { from: 'shared/directory/audit/', to: [...directory('audit'), ...stored] },
  {
    from: 'shared/directory/grants/',
    to: [...directory('grants', 'change', 'facts'), ...stored, 'shared/provisioning/'],
  },
  { from: 'shared/directory/logins/', to: [...directory('logins', 'change', 'facts', 'grants'), ...stored] },
  {
    from: 'shared/directory/users/',
    to: [...directory('users', 'change', 'facts', 'grants', 'logins'), ...stored, 'shared/mail/'],
  },
  {
    from: 'shared/directory/projects/',
    to: [...directory('projects', 'change', 'grants', 'users'), ...stored],
  },
  { from: 'shared/directory/ownership/', to: [...directory('ownership', 'change', 'users'), ...stored] },
  {
    from: 'shared/directory/customers/',
    to: [...directory('customers', 'change'), ...stored, 'shared/mail/'],
  },
  { from: 'shared/directory/servers/', to: [...directory('servers', 'change'), ...stored] },
  { from: 'shared/directory/cleanup/', to: [...directory('cleanup', 'change', 'grants'), ...stored] },
  { from: 'shared/mail/', to: ['shared/mail/', ...directory('change'), ...stored] },
  { from: 'shared/provisioning/', to: ['shared/provisioning/', ...directory('change'), ...stored] },
  { from: 'shared/reviews/policy/', to: ['shared/reviews/policy/', ...domain], packages: ['valibot'] },
  {
    from: 'shared/reviews/model/',
    to: ['shared/reviews/model/', 'shared/reviews/policy/', 'shared/usage/usage.ts', ...domain],
    packages: ['valibot'],
  },
  {
    from: 'shared/reviews/report/',
    to: ['shared/reviews/report/', 'shared/reviews/model/', 'shared/runtime/', ...domain],
  },
  {
    from: 'shared/reviews/',
    to: ['shared/reviews/', ...directory('change', 'facts', 'grants'), 'shared/usage/', ...stored],
  },
  { from: 'shared/openstack/transport/', to: ['shared/openstack/transport/', 'shared/domain/values/'] },
  {
    from: 'shared/openstack/keystone/',
    to: ['shared/openstack/keystone/', 'shared/openstack/transport/', 'shared/domain/values/'],
  },
  {
    from: 'shared/openstack/plan/',
    to: ['shared/openstack/plan/', 'shared/openstack/keystone/', 'shared/openstack/transport/', ...domain],
  },
  {
    from: 'shared/openstack/sync/request-sync.ts',
    // Types of the views whose fields it compares.
    to: ['shared/openstack/sync/', 'shared/directory/change/audit-view.ts', 'shared/table/', ...domain],
  },
  {
    from: 'shared/openstack/sync/',
    to: ['shared/openstack/sync/', 'shared/table/', 'shared/runtime/', ...domain],
  },
  {
    from: 'shared/auth/',
    to: ['shared/auth/', 'shared/runtime/', 'shared/domain/text/', 'shared/domain/values/'],
  },
  { from: 'shared/http/request/', to: ['shared/http/request/', 'shared/domain/values/'] },
  { from: 'shared/http/', to: ['shared/http/', 'shared/domain/values/', 'shared/runtime/'] },

  // The API: what decides who may, what makes routes and changes of them, and a folder a resource.
  { from: 'functions/api/authorization/', to: [...api('authorization'), 'shared/'] },
  {
    from: 'functions/api/routing/',
    // The names of what is answered, as types.
    to: [...api('routing', 'authorization'), 'functions/api/schemas.ts', 'shared/'],
  },
  { from: 'functions/api/changes/', to: [...api('changes', 'routing', 'authorization'), 'shared/'] },
  {
    from: 'functions/api/*/',
    to: [
      ...api('*', 'changes', 'routing', 'authorization', 'grants', 'openstack'),
      'functions/api/schemas.ts',
      'functions/api/customers/resource.ts',
      'shared/',
    ],
  },
  // The decision point: what answers, and what answers are made of.
  { from: 'functions/access/caller/', to: ['functions/access/caller/', 'shared/'] },
  {
    from: 'functions/access/*/',
    to: ['functions/access/*/', 'functions/access/caller/', 'functions/access/decisions/parse.ts', 'shared/'],
  },
  { from: 'functions/openstack/run/', to: ['functions/openstack/run/', 'shared/'] },
  {
    from: 'functions/openstack/converge/',
    to: ['functions/openstack/converge/', 'functions/openstack/run/', 'shared/'],
  },
  { from: 'functions/reviews/items/', to: ['functions/reviews/items/', 'shared/'] },
  {
    from: 'functions/reviews/lifecycle/',
    to: ['functions/reviews/lifecycle/', 'functions/reviews/items/', 'shared/'],
  },
  { from: 'functions/*/', to: ['functions/*/', 'shared/'] },
  { from: 'infra/local/', to: ['infra/local/', 'functions/', 'shared/'] },
  // A document of what the functions take and answer.
  { from: 'infra/openapi/', to: ['infra/openapi/', 'functions/', 'shared/'] },
  { from: 'infra/', to: ['infra/constructs/', 'infra/stack.ts', 'functions/', 'shared/table/schema.ts'] },
  // It judges the rights and the order rule, so it must not learn them from what it judges.
  { from: 'test/oracle/', to: ['test/oracle/'] },
  { from: 'test/', to: ['test/', 'infra/', 'functions/', 'shared/'] },
  { from: 'vitest.', to: ['test/support/', 'vitest.config.ts'] },
]

/** What only some may import. `names`: all but these; type imports are free. */
export const reserved: { what: RegExp; names?: { free: string[] }; only: string[] }[] = [
  { what: /^(hono|@hono\/.*)$/, only: ['functions/', 'shared/http/', 'infra/local/', 'test/'] },
  { what: /^(@aws-sdk|@smithy)\//, only: ['shared/table/', 'functions/*/handler.ts', 'infra/', 'test/'] },
  { what: /^jose$/, only: ['shared/auth/', 'shared/reviews/report/', 'infra/local/', 'test/'] },
  {
    what: /^node:crypto$/,
    names: { free: ['createHash', 'hash', 'randomBytes', 'randomUUID'] },
    // Requests to AWS are signed.
    only: [
      'shared/auth/',
      'shared/runtime/sha256.ts',
      'shared/reviews/report/',
      'shared/aws/',
      'infra/local/',
      'test/',
    ],
  },
  { what: /^node:process$/, only: ['functions/*/handler.ts', 'infra/', 'test/'] },
  // What they ask for can't be told from the source.
  { what: /^(node:module|\(computed\))$/, only: ['infra/', 'test/'] },
]

/** What only some may say. */
export const words: { word: RegExp; only: string[] }[] = [
  {
    word: /\bprocess\s*(\.env\b|\[)|=\s*process\b(?!\s*\.)/,
    only: ['functions/*/handler.ts', 'infra/', 'test/'],
  },
  { word: /\bconsole\s*[.[]/, only: ['infra/', 'test/'] },
  { word: /\bsubtle\b/, only: ['shared/auth/', 'shared/reviews/report/', 'infra/local/', 'test/'] },
]

/** The files that a Lambda's bundle is made from. */
export const bundleEntries = 'functions/*/handler.ts'
/** Where the import graph of a bundle may never lead. */
export const neverBundled = [
  'infra/',
  'test/',
  'functions/api/schemas.ts',
  'functions/api/*/schema.ts',
  'functions/api/*/item-schema.ts',
  'functions/api/routing/schema-types.ts',
]
