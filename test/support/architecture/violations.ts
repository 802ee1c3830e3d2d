import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import { arrows, bundleEntries, neverBundled, reserved, words } from './arrows.ts'
import { bare, type Import, importsOf } from './imports.ts'

/** Source by path from the repository's root. */
export type Sources = ReadonlyMap<string, string>

export type Manifest = {
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
  optionalDependencies?: Record<string, string>
}

/** Everything that goes against the architecture, a line each: the file, and what it must not do. */
export function violations(sources: Sources, manifest: Manifest): string[] {
  return [
    ...[...sources].flatMap(([path, source]) => [
      ...importsOf(source).flatMap((it) => [
        ...againstArrows(path, it),
        ...undeclared(path, it, manifest),
        ...takesReserved(path, it),
      ]),
      ...saysReserved(path, source),
    ]),
    ...reachesTooFar(sources),
  ]
}

const isOurs = (from: string) => from.startsWith('.')
const target = (path: string, from: string) => posix.join(posix.dirname(path), from)

function againstArrows(path: string, { from }: Import): string[] {
  for (const arrow of arrows) {
    const own = beginning(arrow.from).exec(path)
    if (!own) continue
    if (!isOurs(from)) {
      const isFree = arrow.packages?.includes(packageOf(from)) ?? true
      return isFree ? [] : [`${path} imports ${from}`]
    }
    const imported = target(path, from)
    const isAllowed = arrow.to.some((to) => imported.startsWith(to.replace('*', own[1] ?? '*')))
    return isAllowed ? [] : [`${path} imports ${imported}`]
  }
  return [`${path} has no row in the table of arrows`]
}

/** What ends up in a bundle has to be a dependency proper; types may come from development. */
function undeclared(path: string, { from, typeOnly }: Import, manifest: Manifest): string[] {
  if (isOurs(from) || isBuiltin(from) || from === '(computed)') return []
  const name = packageOf(from)
  const types = `@types/${name.replace(/^@(.*)\//, '$1__')}`
  const isShipped = path.startsWith('functions/') || path.startsWith('shared/')
  const { dependencies, devDependencies, optionalDependencies = {} } = manifest
  const declared =
    isShipped && !typeOnly ? dependencies : { ...dependencies, ...devDependencies, ...optionalDependencies }
  if (name in declared || (typeOnly && types in declared)) return []
  return [
    `${path} imports ${name}, which is not among the ${isShipped ? 'dependencies' : 'declared packages'}`,
  ]
}

function takesReserved(path: string, { from, names, typeOnly }: Import): string[] {
  if (typeOnly || isOurs(from)) return []
  const module = from === '(computed)' || isBuiltin(from) ? withScheme(from) : packageOf(from)
  return reserved
    .filter(({ what, only }) => what.test(module) && !isAmong(path, only))
    .map((rule) => names.filter((name) => !rule.names?.free.includes(name)))
    .filter((taken) => taken.length > 0)
    .map((taken) => `${path} takes ${taken.join(', ')} from ${module}`)
}

function saysReserved(path: string, source: string): string[] {
  const { code } = bare(source)
  return words.flatMap(({ word, only }) => {
    const said = word.exec(code)?.[0]
    return said === undefined || isAmong(path, only) ? [] : [`${path} says ${said}`]
  })
}

function reachesTooFar(sources: Sources): string[] {
  return [...sources.keys()]
    .filter((path) => beginning(bundleEntries).test(path))
    .flatMap((entry) =>
      [...reachedFrom(entry, sources)]
        .filter((path) => isAmong(path, neverBundled))
        .map((path) => `the bundle of ${entry} reaches ${path}`),
    )
}

function reachedFrom(entry: string, sources: Sources): Set<string> {
  const reached = new Set([entry])
  // A Set's iteration goes on to what is added meanwhile.
  for (const path of reached)
    for (const { from, typeOnly } of importsOf(sources.get(path) ?? ''))
      if (isOurs(from) && !typeOnly) reached.add(target(path, from))
  return reached
}

const withScheme = (module: string) =>
  module.startsWith('node:') || module.startsWith('(') ? module : `node:${module}`

function packageOf(from: string): string {
  if (isBuiltin(from)) return withScheme(from)
  return from.split('/', from.startsWith('@') ? 2 : 1).join('/')
}

const isAmong = (path: string, patterns: string[]) =>
  patterns.some((pattern) => beginning(pattern).test(path))

function beginning(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll('.', String.raw`\.`).replaceAll('*', '([^/]+)')}`)
}
