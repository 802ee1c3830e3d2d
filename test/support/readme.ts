import { posix } from 'node:path'

/** The pages by their paths from the root; `README.md` is the first one that people read. */
export type Pages = ReadonlyMap<string, string>

/** What pages may rely on. */
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
  /** The page that alarms send people to, and its headings that they name. */
  runbook: { path: string; headings: readonly string[] }
  /** Paths of the folders that the layout has to list, all of them and no others beside them. */
  listed: readonly string[]
}

/** Lines that a page may have at most; 250 unless named here. */
const mostLines = new Map([
  ['README.md', 200],
  ['.github/CONTRIBUTING.md', 80],
])

/** Everything that the pages promise and the repository doesn't keep, or the other way round, a line each. */
export function brokenPromises(pages: Pages, repository: Repository): string[] {
  return [
    ...new Set([
      ...[...pages].flatMap(([path, text]) => brokenOn({ path, text }, pages, repository)),
      ...unlinked(pages),
      ...unexplained(pages, repository),
      ...withoutRunbook(pages, repository),
      ...misplaced(pages.get('README.md') ?? '', repository),
    ]),
  ]
}

type Page = { path: string; text: string }

function brokenOn(page: Page, pages: Pages, repository: Repository): string[] {
  const code = codeIn(page.text)
  return [
    ...tooLong(page),
    ...brokenSpans(page),
    ...code.flatMap((text) => missingPaths(text, page, repository)),
    ...code.flatMap((text) => missingScripts(text, repository)),
    ...missingFolders(page, repository),
    ...brokenLinks(page, pages, repository),
  ].map((complaint) => `${page.path}: ${complaint}`)
}

function tooLong({ path, text }: Page): string[] {
  const lines = text.trimEnd().split('\n').length
  const most = mostLines.get(path) ?? 250
  return lines > most ? [`${lines} lines are more than ${most}`] : []
}

/** Spans of code that go on in the next line, where nothing here would find them. */
function brokenSpans({ text }: Page): string[] {
  return prose(text)
    .split('\n')
    .filter((line) => line.split('`').length % 2 === 0)
    .map((line) => `a span of code has no end in "${line.slice(0, 40)}"`)
}

const block = /^```[^\n]*\n([\s\S]*?)^```/gm

const prose = (text: string) => text.replaceAll(block, '')
const spansIn = (text: string) => [...text.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span)

/** Blocks and spans of code. */
export function codeIn(text: string): string[] {
  const blocks = [...text.matchAll(block)].map(([, code = '']) => code)
  return [...blocks, ...spansIn(prose(text))]
}

function missingPaths(code: string, page: Page, { has, hasFile }: Repository): string[] {
  return code
    .split(/[\s"'(),;=]+/)
    .map((word) => word.replace(/^\.\//, '').replace(/[.:]+$/, ''))
    .filter((word) => {
      if (/^(functions|infra|shared|test|\.ci|\.github)\//.test(word)) return !has(beforePlaceholder(word))
      if (/^[\w-]+(\/[\w.-]+)+\.(ts|tsx|json|md)$/.test(word)) return !has(beside(page, word))
      return /^[\w.-]+\.(ts|tsx|json|md)$/.test(word) && !has(word) && !hasFile(word)
    })
    .map((word) => `no ${word} is there`)
}

/** A path from the page's folder as one from the root. */
const beside = ({ path }: Page, to: string) => posix.join(posix.dirname(path), to)

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

/** The rows of all tables whose first column has this heading, each as its cells. */
export function rowsOf(text: string, heading: string): string[][] {
  return [...text.matchAll(/(?:^\|.*\n)+/gm)].flatMap(([table]) => {
    const [head, , ...rows] = table.trimEnd().split('\n').map(cellsOf)
    return head?.[0] === heading ? rows : []
  })
}

const cellsOf = (line: string) =>
  line
    .slice(1)
    .replace(/\|$/, '')
    .split('|')
    .map((cell) => cell.trim())

/** Tables of folders name them from the page's own, or from the root. */
function missingFolders(page: Page, { has }: Repository): string[] {
  return rowsOf(page.text, 'folder')
    .flatMap(([first = '']) => spansIn(first))
    .filter((name) => !/\.\w+$/.test(name) && !has(`${beside(page, name)}/`) && !has(`${name}/`))
    .map((name) => `no folder ${name} is there`)
}

function brokenLinks(page: Page, pages: Pages, { has }: Repository): string[] {
  return [...prose(page.text).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    if (target.startsWith('https:')) return []
    const [to = '', anchor] = target.split('#')
    const path = to === '' ? page.path : beside(page, to)
    if (!has(path)) return [`the link to ${target} leads nowhere`]
    const isMissing =
      anchor !== undefined &&
      !headingsOf(pages.get(path) ?? '')
        .map(slug)
        .includes(anchor)
    return isMissing ? [`the link to ${target} finds no such heading`] : []
  })
}

function headingsOf(text: string): string[] {
  return [...prose(text).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => title.trim())
}

/** As GitHub makes anchors of headings. */
const slug = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replace(/\s/g, '-')

/** Pages that no link of the README leads to. */
function unlinked(pages: Pages): string[] {
  const links = prose(pages.get('README.md') ?? '').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)
  const linked = new Set([...links].map(([, target = '']) => posix.normalize(target)))
  return [...pages.keys()]
    .filter((path) => path !== 'README.md' && !linked.has(path))
    .map((path) => `README.md: no link to ${path}`)
}

function unexplained(pages: Pages, { packages }: Repository): string[] {
  const all = [...pages.values()].join('\n')
  return packages.filter((name) => !all.includes(`\`${name}\``)).map((name) => `no word about \`${name}\``)
}

function withoutRunbook(pages: Pages, { runbook: { path, headings } }: Repository): string[] {
  const there = new Set(headingsOf(pages.get(path) ?? ''))
  return headings.filter((title) => !there.has(title)).map((title) => `${path}: no heading "${title}"`)
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
