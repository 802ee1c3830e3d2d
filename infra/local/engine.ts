import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect, createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { CliError } from './cli-error.ts'

export type Engine = {
  endpoint: string
  pid: number
  port: number
  /** Resolves when the process has ended, for whatever reason. */
  ended: Promise<void>
  /** SIGTERM, which lets it write back its log (about 1.3 s), and SIGKILL after five seconds. */
  stop: () => Promise<void>
  /** SIGKILL; acknowledged writes stay in the file. */
  kill: () => void
}

type EngineOptions = {
  /** Undefined keeps everything in memory. */
  databasePath?: string
  /** File of the engine's output; default: none. */
  logPath?: string
}

/**
 * Starts dynoxide on a free port of loopback and waits until it accepts connections. It ends with this process, unless
 * that is killed.
 * @throws {CliError}
 */
export async function startEngine(options: EngineOptions = {}): Promise<Engine> {
  // Another process may take the free port before the engine listens on it.
  for (let attempt = 1; attempt <= 3; attempt++) {
    const engine = await tryToStart(options)
    if (engine) return engine
  }
  throw new CliError(`the embedded database does not start${lastWords(options)}`)
}

async function tryToStart(options: EngineOptions): Promise<Engine | undefined> {
  const port = await findFreePort()
  const child = spawnEngine(port, options)
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  void ended.then(() => process.off('exit', kill))
  if (!(await Promise.race([untilListening(port, child), ended.then(() => false)]))) {
    kill()
    return undefined
  }
  const stop = async () => {
    child.kill('SIGTERM')
    const impatience = setTimeout(kill, 5000)
    await ended
    clearTimeout(impatience)
  }
  return { endpoint: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, port, ended, stop, kill }
}

/** A port that is free at this moment. */
async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address ? address.port : 0
}

/** True if a process with these arguments is dynoxide on that file or, in memory, on that port. */
export function isEngine(argv: string[], { databasePath, port }: { databasePath?: string; port?: number }) {
  if (!argv[0]?.endsWith('dynoxide')) return false
  const valueOf = (option: string) => (argv.includes(option) ? argv[argv.indexOf(option) + 1] : undefined)
  return valueOf('--db-path') === databasePath && (!!databasePath || valueOf('--port') === String(port))
}

function spawnEngine(port: number, { databasePath, logPath }: EngineOptions): ChildProcess {
  const log = logPath ? openSync(logPath, 'w', 0o600) : undefined
  const storage = databasePath ? ['--db-path', databasePath] : []
  const child = spawn(binaryPath(), ['serve', '--host', '127.0.0.1', '--port', String(port), ...storage], {
    // Its own group: Ctrl-C reaches every process of the terminal's group, and the engine has to outlive the last write.
    detached: true,
    stdio: ['ignore', 'ignore', log ?? 'ignore'],
  })
  if (log !== undefined) closeSync(log)
  return child
}

function binaryPath(): string {
  try {
    const manifest = createRequire(import.meta.url).resolve('@dynoxide/linux-x64/package.json')
    return join(dirname(manifest), 'dynoxide')
  } catch {
    throw new CliError('no embedded database for this platform: set DYNAMODB_ENDPOINT to a DynamoDB endpoint')
  }
}

async function untilListening(port: number, child: ChildProcess): Promise<boolean> {
  const deadline = performance.now() + 10_000
  while (performance.now() < deadline && child.exitCode === null) {
    if (await accepts(port)) return true
    await pause(5)
  }
  return false
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

function lastWords({ logPath }: EngineOptions): string {
  const words = logPath && readFileSync(logPath, 'utf8').match(/^error: (?:Internal error: )?([^\n.]+)/m)?.[1]
  return words ? `: ${words}` : ''
}
