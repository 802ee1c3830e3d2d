import { readSecrets } from '../data/data-folder.ts'
import { findDataFolder } from '../data/run-folder.ts'
import { issuerPath } from '../issuer/names.ts'
import { errorCode, CliError, messageOf } from '../cli-error.ts'
import { readSettings } from '../settings.ts'

/** The service on `PORT`, for the commands. */
export type LocalService = { origin: string; issuer: string; port: number; dataFolder: string }

/** Undefined when none was started there, or the last one was stopped. @throws {CliError} */
export function findService(environment: NodeJS.ProcessEnv): LocalService | undefined {
  const { home, port } = readSettings(environment)
  const dataFolder = findDataFolder(home, port)
  const origin = `http://127.0.0.1:${port}`
  return dataFolder === undefined ? undefined : { origin, issuer: `${origin}${issuerPath}`, port, dataFolder }
}

/** @throws {CliError} when there is none */
export function requireService(environment: NodeJS.ProcessEnv): LocalService {
  const service = findService(environment)
  if (!service) throw notRunning(readSettings(environment).port)
  return service
}

export function clientSecretsOf({ dataFolder }: LocalService) {
  const { operatorClient, checkClient } = readSecrets(dataFolder)
  return { operator: operatorClient, check: checkClient }
}

/** The service doesn't answer, or not yet: the request can be retried. */
export class ServiceDown extends CliError {
  override name = 'ServiceDown'
}

export function notRunning(port: number): ServiceDown {
  return new ServiceDown(
    `no latchkey is listening on port ${port}: start one with npm start (PORT chooses the port)`,
  )
}

/** `fetch` with a readable error when the service can't answer. @throws {ServiceDown} */
export async function ask(service: LocalService, url: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init).catch((error: unknown) => {
    const cause = error instanceof Error ? error.cause : undefined
    if (errorCode(cause) === 'ECONNREFUSED') throw notRunning(service.port)
    throw new ServiceDown(`no answer from ${service.origin}: ${messageOf(cause ?? error)}`)
  })
  if (response.status === 503) throw new ServiceDown(`${service.origin} can't answer at the moment (503)`)
  return response
}

/** Runs a command to its end; an error is one line on standard error and exit code 1. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  // The reader of standard output may stop early, as `head` does.
  process.stdout.on('error', (error) => process.exit(errorCode(error) === 'EPIPE' ? 0 : 1))
  try {
    await command()
  } catch (error) {
    process.stderr.write(`latchkey: ${messageOf(error)}\n`)
    // Other open work is of no use any more.
    process.exit(1)
  }
}
