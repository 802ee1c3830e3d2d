import { resolve } from 'node:path'
import { type Configuration, configureOpenStack } from '../../functions/openstack/configure.ts'
import { defaultCustomerIdPattern } from '../../shared/domain/entities/customer.ts'
import { isKeystoneError } from '../../shared/openstack/transport/errors.ts'
import { CliError } from './cli-error.ts'

export const logLevels = ['info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

export type Settings = {
  /** 0: any free port. */
  port: number
  /** Absolute; undefined keeps everything in memory. */
  dataFolder?: string
  /** Has the folders of running services, `run/<port>`. */
  home: string
  /** A DynamoDB to use instead of the embedded engine. */
  endpoint?: string
  customerIdPattern: RegExp
  /** Off without `OS_AUTH_URL`. */
  openstack?: Configuration | undefined
  /** Origins of web pages whose scripts may use the API; default: none. */
  corsOrigins?: string[]
  /** Lowest level that is logged. */
  logLevel: LogLevel
}

/** Reads the local service's settings; nothing else reads `environment`. @throws {CliError} */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const data = environment.LATCHKEY_DATA || '.latchkey'
  const endpoint = environment.DYNAMODB_ENDPOINT
  if (endpoint && !URL.canParse(endpoint)) throw new CliError('DYNAMODB_ENDPOINT is not a URL')
  return {
    port: readPort(environment.PORT),
    home: resolve('.latchkey'),
    ...(data !== ':memory:' && { dataFolder: resolve(data) }),
    ...(endpoint && { endpoint }),
    customerIdPattern: readPattern(environment.CUSTOMER_ID_PATTERN || defaultCustomerIdPattern),
    openstack: readOpenStack(environment),
    ...(environment.CORS_ORIGINS && { corsOrigins: readOrigins(environment.CORS_ORIGINS) }),
    logLevel: readLogLevel(environment.LATCHKEY_LOG || 'warn'),
  }
}

function readOpenStack(environment: NodeJS.ProcessEnv): Configuration | undefined {
  try {
    return configureOpenStack(environment)
  } catch (error) {
    if (isKeystoneError(error)) throw new CliError(error.message)
    throw error
  }
}

function readPort(value = '3000'): number {
  const port = Number(value || '3000')
  if (!/^\d*$/.test(value) || port > 65_535) throw new CliError(`PORT is not a port number: ${value}`)
  return port
}

function readPattern(value: string): RegExp {
  try {
    return new RegExp(value)
  } catch {
    throw new CliError('CUSTOMER_ID_PATTERN is not a regular expression')
  }
}

function readOrigins(value: string): string[] {
  return value.split(',').map((origin) => {
    if (isOrigin(origin)) return origin
    throw new CliError('CORS_ORIGINS is not a list of origins such as https://panel.example, comma separated')
  })
}

/** An origin as browsers send it: scheme, host and, unless it is the default, port. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text
}

function readLogLevel(value: string): LogLevel {
  const level = logLevels.find((candidate) => candidate === value)
  if (!level) throw new CliError(`LATCHKEY_LOG is one of ${logLevels.join(', ')}`)
  return level
}
