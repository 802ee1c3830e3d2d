import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../../..')
/** Ignored by git; the peers are no dependency of the project. */
export const cacheFolder = join(root, '.latchkey/peers')
const files = ['package.json', 'package-lock.json']

const from = (name: string) => join(import.meta.dirname, 'packages', name)
const to = (name: string) => join(cacheFolder, name)

function text(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** Installs the peers by their lock file, unless they are there: offline afterwards. */
export function installPeers(): void {
  const isThere = text(to('node_modules/.package-lock.json')) !== undefined
  if (isThere && files.every((name) => text(from(name)) === text(to(name)))) return
  mkdirSync(cacheFolder, { recursive: true })
  for (const name of files) copyFileSync(from(name), to(name))
  // npm's own scripts only: what a peer would run at its installation isn't needed.
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: cacheFolder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

/** Loads an installed peer; its types are said by who asks. */
export const loadPeer = (name: string): unknown => createRequire(to('package.json'))(name)

export const peerPath = (path: string): string => join(cacheFolder, 'node_modules', path)
