/** `*` stands for one folder or file name, the same in `from` and `to`. */
export type Arrow = {
  from: string
  /** Paths (of folders, with all below them) whose files may be imported. */
  to: string[]
  /** The only packages and Node modules it may import; without, all that `package.json` declares. */
  packages?: string[]
}

/** Who may import whom: the first row whose `from` a file's path begins with counts, and every file needs one. */
export const arrows: Arrow[] = [
  { from: 'shared/domain/', to: ['shared/domain/'], packages: ['valibot'] },
  { from: 'shared/table/', to: ['shared/table/', 'shared/domain/'] },
  { from: 'shared/directory/', to: ['shared/directory/', 'shared/domain/', 'shared/table/'] },
  { from: 'shared/auth/', to: ['shared/auth/', 'shared/domain/', 'shared/directory/'] },
  { from: 'shared/http/', to: ['shared/http/', 'shared/domain/'] },
  { from: 'shared/openstack/', to: ['shared/openstack/', 'shared/domain/'] },
  { from: 'functions/*/', to: ['functions/*/', 'shared/'] },
  { from: 'infra/local/', to: ['infra/local/', 'functions/', 'shared/'] },
  // A document of what the functions take and answer.
  { from: 'infra/openapi/', to: ['infra/openapi/', 'functions/', 'shared/'] },
  {
    from: 'infra/',
    to: ['infra/constructs/', 'infra/stack.ts', 'functions/', 'shared/table/schema.ts'],
  },
  // It judges the rights and the order rule, so it must not learn them from what it judges.
  { from: 'test/oracle/', to: ['test/oracle/'] },
  { from: 'test/', to: ['test/', 'infra/', 'functions/', 'shared/'] },
  { from: 'vitest.', to: ['test/support/', 'vitest.config.ts'] },
]

/** What only some may import. `names`: all but these; type imports are free. */
export const reserved: { what: RegExp; names?: { free: string[] }; only: string[] }[] = [
  { what: /^(hono|@hono\/.*)$/, only: ['functions/', 'shared/http/', 'infra/local/', 'test/'] },
  { what: /^(@aws-sdk|@smithy)\//, only: ['shared/table/', 'functions/*/handler.ts', 'infra/', 'test/'] },
  { what: /^jose$/, only: ['shared/auth/', 'infra/local/', 'test/'] },
  {
    what: /^node:crypto$/,
    names: { free: ['createHash', 'hash', 'randomBytes', 'randomUUID'] },
    only: ['shared/auth/', 'infra/local/', 'test/'],
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
  { word: /\bsubtle\b/, only: ['shared/auth/', 'infra/local/', 'test/'] },
]

/** The files that a Lambda's bundle is made from. */
export const bundleEntries = 'functions/*/handler.ts'
/** Where the import graph of a bundle may never lead. */
export const neverBundled = ['infra/', 'test/', 'functions/api/openapi/']
