import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './support/tally.ts'

type Walk = { most: number; climbs: number; entries: string[] }

/** Problems of the files that a page names to be read in order: too many, too much back and forth, one that no other imports. */
function problemsOf(files: readonly string[], read: (path: string) => string, walk: Walk): string[] {
  const text = files.map(read).join('\n')
  const climbs = files.filter((path, place) => isShared(files[place - 1]) && !isShared(path)).length
  return [
    ...(files.length > walk.most ? [`${files.length} files`] : []),
    ...(climbs > walk.climbs ? [`${climbs} climbs`] : []),
    ...files.filter((path) => !walk.entries.includes(path) && !text.includes(`/${basename(path)}'`)),
  ]
}

const isShared = (path: string | undefined) => path?.startsWith('shared/') ?? false
const readFile = (path: string) => readFileSync(join(root, path), 'utf8')

/** The files named in the table below this line of a page. */
function filesBelow(page: string, line: string): string[] {
  const table =
    readFile(page)
      .split(line)[1]
      ?.split('\n\n')
      .find((part) => part.startsWith('|')) ?? ''
  return [...table.matchAll(/`((?:functions|shared)\/[^`]+\.ts)`/g)].map(([, path = '']) => path)
}

const reviews = ['reviews/handler', 'notifications/worker', 'api/reviews/item-routes']
test.each<[string, string, Walk]>([
  ['shared/reviews/README.md', '## Read it in order', { most: 24, climbs: 3, entries: of(reviews) }],
  [
    'shared/openstack/README.md',
    '## Read it in order',
    { most: 16, climbs: 2, entries: ['shared/openstack/sync/request-sync.ts', ...of(['openstack/handler'])] },
  ],
  ['functions/api/README.md', 'To follow one', { most: 15, climbs: 1, entries: of(['api/projects/routes']) }],
])('%s leads a reader through few files', (page, line, walk) => {
  const files = filesBelow(page, line)
  expect(files.length).toBeGreaterThan(10)
  expect(problemsOf(files, readFile, walk)).toEqual([])
})

function of(names: string[]): string[] {
  return names.map((name) => `functions/${name}.ts`)
}

test('the check goes red', () => {
  const files = ['functions/a.ts', 'shared/b.ts', 'functions/c.ts']
  const walk = { most: 2, climbs: 0, entries: ['functions/a.ts'] }
  expect(problemsOf(files, () => `import './b.ts'`, walk)).toEqual(['3 files', '1 climbs', 'functions/c.ts'])
})
