/** What a README may rely on. */
export type Repository = {
  /** Whether a path from the root, or a glob, leads to something. */
  has: (path: string) => boolean
  /** Whether a file of this name is somewhere among the sources. */
  hasFile: (name: string) => boolean
  scripts: readonly string[]
  /** Names of everything that `package.json` depends on. */
  packages: readonly string[]
  /** Commands that the packages bring. */
  commands: readonly string[]
  /** Headings that alarms send people to. */
  runbooks: readonly string[]
  /** Paths of the folders that the layout has to list, all of them and no others beside them. */
  listed: readonly string[]
}

/** Everything that the README promises and the repository doesn't keep, or the other way round, a line each. */
export function brokenPromises(readme: string, repository: Repository): string[] {
  const code = codeIn(readme)
  return [
    ...new Set([
      ...code.flatMap((text) => missingPaths(text, repository)),
      ...code.flatMap((text) => missingScripts(text, repository)),
      ...unexplained(readme, repository),
      ...runbookless(readme, repository),
      ...misplaced(readme, repository),
    ]),
  ]
}

const block = /^```[^\n]*\n([\s\S]*?)^```/gm

/** Blocks and spans of code. */
function codeIn(readme: string): string[] {
  const blocks = [...readme.matchAll(block)].map(([, text = '']) => text)
  const spans = [...readme.replaceAll(block, '').matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text)
  return [...blocks, ...spans]
}

function missingPaths(code: string, { has, hasFile }: Repository): string[] {
  return code
    .split(/[\s"'(),;=]+/)
    .map((word) => word.replace(/^\.\//, '').replace(/[.:]+$/, ''))
    .filter((word) => {
      if (/^(functions|infra|shared|test|\.ci)\//.test(word)) return !has(beforePlaceholder(word))
      return /^[\w.-]+\.(ts|tsx|json|md)$/.test(word) && !has(word) && !hasFile(word)
    })
    .map((word) => `no ${word} is there`)
}

/** `shared/<folder>/x.ts` promises `shared/`. */
const beforePlaceholder = (path: string) => path.replace(/[^/]*[<{…].*$/u, '')

const npmItself = ['ci', 'install', 'update', 'outdated', 'ls']
const npmCall = /\bnpm (?:(run) )?(?:-\S+ )*([\w:-]+)/g

function missingScripts(code: string, { scripts, commands }: Repository): string[] {
  const asked = [...code.matchAll(npmCall)].map(([, run, name = '']) => ({ run, name }))
  const executed = [...code.matchAll(/\bnpx (?:-\S+ )*(\S+)/g)].map(([, name = '']) => name)
  return [
    ...asked
      .filter(({ run, name }) => !scripts.includes(name) && (run !== undefined || !npmItself.includes(name)))
      .map(({ name }) => `npm knows no ${name} here`),
    ...executed.filter((name) => !commands.includes(name)).map((name) => `npx finds no ${name}`),
  ]
}

function unexplained(readme: string, { packages }: Repository): string[] {
  return packages.filter((name) => !readme.includes(`\`${name}\``)).map((name) => `no word about \`${name}\``)
}

function runbookless(readme: string, { runbooks }: Repository): string[] {
  const headings = new Set([...readme.matchAll(/^#+ (.*)$/gm)].map(([, title]) => title?.trim()))
  return runbooks.filter((title) => !headings.has(title)).map((title) => `no heading "${title}"`)
}

/** The layout is the section of that name; a tree in it or paths in full. */
function misplaced(readme: string, { listed, has }: Repository): string[] {
  const section = /^(#+) [^\n]*layout[^\n]*\n([\s\S]*?)(?=^#{1,6} |$(?![\s\S]))/im.exec(readme)?.[2] ?? ''
  const named = [...foldersOfTree(section), ...foldersInFull(section)]
  const parents = new Set(listed.map(parentOf))
  return [
    ...listed.filter((path) => !named.includes(path)).map((path) => `the layout misses ${path}`),
    ...named
      .filter((path) => (parents.has(parentOf(path)) ? !listed.includes(path) : !has(path)))
      .map((path) => `the layout lists ${path}, which is not there`),
  ]
}

const parentOf = (path: string) => path.replace(/[^/]+\/$/, '')

function foldersInFull(section: string): string[] {
  return [...section.matchAll(/`((?:[\w.-]+\/){2,})/g)].map(([, path = '']) => path)
}

/** By indentation, drawn or not. */
function foldersOfTree(section: string): string[] {
  const above: { indent: number; path: string }[] = []
  return section.split('\n').flatMap((line) => {
    const [, margin = '', name] = /^([\s│├└─]*)((?:[\w.-]+\/)+)(?=\s|$)/u.exec(line) ?? []
    if (name === undefined) return []
    while ((above.at(-1)?.indent ?? -1) >= margin.length) above.pop()
    const path = `${above.at(-1)?.path ?? ''}${name}`
    above.push({ indent: margin.length, path })
    return [path]
  })
}
