import { posix } from 'node:path'
import { bare, importsOf } from './imports.ts'
import type { Sources } from './violations.ts'

/** Files that a folder may have at most, by what its path begins with. READMEs aren't counted. */
const mostFiles: [string, number][] = [
  ['functions/', 12],
  ['shared/', 12],
  ['infra/', 20],
]
const mostLines = 250

/** What makes a house hard to read, a line each: too much in one place, names with two meanings, and circles. */
export function misshapen(sources: Sources): string[] {
  return [
    ...fullFolders([...sources.keys()]),
    ...longFiles(sources),
    ...sameNames(sources),
    ...forTestsOnly(sources),
    ...circles(sources),
  ]
}

function fullFolders(paths: readonly string[]): string[] {
  const folders = Map.groupBy(paths, (path) => `${posix.dirname(path)}/`)
  return [...folders].flatMap(([folder, { length }]) => {
    const most = mostFiles.find(([beginning]) => folder.startsWith(beginning))?.[1]
    return most !== undefined && length > most ? [`${folder} has ${length} files, more than ${most}`] : []
  })
}

function longFiles(sources: Sources): string[] {
  return [...sources].flatMap(([path, source]) => {
    const lines = source.split('\n').length - 1
    return isHouse(path) && lines > mostLines ? [`${path} has ${lines} lines, more than ${mostLines}`] : []
  })
}

/** Values and types that two files of `shared/` export under one name. */
function sameNames(sources: Sources): string[] {
  const exported = [...sources]
    .filter(([path]) => path.startsWith('shared/'))
    .flatMap(([path, source]) => exportsOf(source).map((name) => ({ name, path })))
  return [...Map.groupBy(exported, ({ name }) => name)]
    .filter(([, places]) => places.length > 1)
    .map(([name, places]) => `${name} is exported by ${places.map(({ path }) => path).join(' and ')}`)
}

function exportsOf(source: string): string[] {
  const declared = /^export (?:async )?(?:const|function|class|type|interface)\s+\*?\s*(\w+)/gm
  // A schema and its type have one name.
  return [...new Set([...bare(source).code.matchAll(declared)].flatMap(([, name]) => name ?? []))]
}

/** Values of `shared/` that nothing but tests imports. */
function forTestsOnly(sources: Sources): string[] {
  const used = new Map<string, Set<string>>()
  for (const [path, source] of sources)
    for (const { from, names, typeOnly } of importsOf(source)) {
      const imported = from.startsWith('.') ? posix.join(posix.dirname(path), from) : from
      if (!imported.startsWith('shared/') || typeOnly) continue
      const users = path.startsWith('test/') ? 'tests' : 'house'
      for (const name of names)
        used.set(`${imported} ${name}`, (used.get(`${imported} ${name}`) ?? new Set()).add(users))
    }
  return [...used]
    .filter(([, users]) => !users.has('house'))
    .map(([what]) => what.split(' '))
    .filter(([path = '', name = '*']) => name !== '*' && !isUsedWithin(sources.get(path) ?? '', name))
    .map(([path, name]) => `${name} of ${path} is imported by tests only`)
}

/** More than its declaration. */
const isUsedWithin = (source: string, name: string) =>
  [...bare(source).code.matchAll(new RegExp(`\\b${name}\\b`, 'g'))].length > 1

/** Files that import each other over any number of others, types included: each circle once, as a path through it. */
function circles(sources: Sources): string[] {
  const importsByPath = new Map(
    [...sources].map(([path, source]) => [
      path,
      importsOf(source).flatMap(({ from }) =>
        from.startsWith('.') ? posix.join(posix.dirname(path), from) : [],
      ),
    ]),
  )
  const found: string[] = []
  const done = new Set<string>()
  const loginContext = (path: string, way: readonly string[]) => {
    const place = way.indexOf(path)
    if (place >= 0) found.push(`${[...way.slice(place), path].join(' → ')} is a circle`)
    if (place >= 0 || done.has(path)) return
    for (const next of importsByPath.get(path) ?? []) loginContext(next, [...way, path])
    done.add(path)
  }
  for (const path of importsByPath.keys()) loginContext(path, [])
  return found
}

const isHouse = (path: string) => mostFiles.some(([beginning]) => path.startsWith(beginning))
