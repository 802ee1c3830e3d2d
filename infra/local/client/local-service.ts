import { readSecrets } from '../data/data-folder.ts'
import { findDataFolder } from '../data/run-folder.ts'
import { issuerPath } from '../issuer/names.ts'
import { errorCode, PlainError, plainly } from '../plain-error.ts'
import { readSettings } from '../settings.ts'

/** The service that listens on `PORT`, as its commands see it. */
export type LocalService = { origin: string; issuer: string; port: number; dataFolder: string }

/** Undefined when none was started there, or the last one was stopped. @throws {PlainError} */
export function findService(environment: NodeJS.ProcessEnv): LocalService | undefined {
  const { home, port } = readSettings(environment)
  const dataFolder = findDataFolder(home, port)
  const origin = `http://127.0.0.1:${port}`
  return dataFolder === undefined ? undefined : { origin, issuer: `${origin}${issuerPath}`, port, dataFolder }
}

/** @throws {PlainError} when there is none */
export function requireService(environment: NodeJS.ProcessEnv): LocalService {
  const service = findService(environment)
  if (!service) throw notRunning(readSettings(environment).port)
  return service
}

export function clientSecretsOf({ dataFolder }: LocalService) {
  const { operatorClient, checkClient } = readSecrets(dataFolder)
  return { operator: operatorClient, check: checkClient }
}

/** Nobody answers, or not yet: whoever has the patience may try again. */
export class ServiceDown extends PlainError {
  override name = 'ServiceDown'
}

export function notRunning(port: number): ServiceDown {
  return new ServiceDown(
    `no latchkey is listening on port ${port}: start one with npm start (PORT chooses the port)`,
  )
}

/** `fetch` that says in plain words when the service can't answer. @throws {ServiceDown} */
export async function ask(service: LocalService, url: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init).catch((error: unknown) => {
    const cause = error instanceof Error ? error.cause : undefined
    if (errorCode(cause) === 'ECONNREFUSED') throw notRunning(service.port)
    throw new ServiceDown(`no answer from ${service.origin}: ${plainly(cause ?? error)}`)
  })
  if (response.status === 503) throw new ServiceDown(`${service.origin} can't answer at the moment (503)`)
  return response
}

/** Runs a command to its end; what goes wrong is one line on standard error and exit code 1. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  // Whoever reads standard output may stop early, as `head` does.
  process.stdout.on('error', (error) => process.exit(errorCode(error) === 'EPIPE' ? 0 : 1))
  try {
    await command()
  } catch (error) {
    process.stderr.write(`latchkey: ${plainly(error)}\n`)
    // What else was under way is of no use any more.
    process.exit(1)
  }
}
