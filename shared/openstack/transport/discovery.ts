import * as v from 'valibot'
import { type ResponseContext, jsonFrom } from './answer.ts'
import { KeystoneError } from './errors.ts'
import type { Transport } from './transport.ts'

const Version = v.object({ id: v.string(), status: v.optional(v.string()) })
const Single = v.object({ version: Version })
const Several = v.object({ versions: v.object({ values: v.array(Version) }) })

/**
 * Returns the base URL of version 3 of the identity API, without a slash at the end: `authUrl` itself if that is one, or `/v3`
 * below it if it lists versions. Ignores links: behind a proxy they often name another host or plain http, and the password
 * must only go to the configured one. Throws `broken-answer` where there is no Keystone.
 */
export async function discover(
  transport: Transport,
  authUrl: string,
  context: ResponseContext,
): Promise<string> {
  const url = new URL(`${authUrl}/`)
  const answer = await transport.exchange({ method: 'GET', url, headers: { accept: 'application/json' } })
  const json = readVersions(() => jsonFrom(answer, [200, 300], context), url)
  const single = v.safeParse(Single, json)
  if (single.success) return isThree(single.output.version) ? authUrl : refuse(url, [single.output.version])
  const several = v.safeParse(Several, json)
  if (!several.success) throw notKeystone(url, 'it lists no versions of the identity API')
  const { values } = several.output.versions
  return values.some(isThree) ? `${authUrl}/v3` : refuse(url, values)
}

const isThree = ({ id }: { id: string }) => /^v3(\.\d+)?$/.test(id)

function refuse(url: URL, versions: { id: string }[]): never {
  const offered = versions.map(({ id }) => id.slice(0, 20)).join(', ')
  throw notKeystone(url, `it offers ${offered || 'no version'}, and version 3 is needed`)
}

function readVersions(read: () => unknown, url: URL): unknown {
  try {
    return read()
  } catch (error) {
    // A 4xx of Keystone is no more a list of versions than HTML is.
    if (!(error instanceof KeystoneError) || ['failed', 'throttled'].includes(error.code)) throw error
    throw notKeystone(url, error.message)
  }
}

function notKeystone(url: URL, why: string): KeystoneError {
  return new KeystoneError(
    'broken-answer',
    `OS_AUTH_URL (${url.origin}${url.pathname}) is no Keystone: ${why}`,
  )
}
