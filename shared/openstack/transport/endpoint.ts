import * as v from 'valibot'
import type { KeystoneConfig } from './config.ts'
import { KeystoneError } from './errors.ts'

/** The parts of a token's catalogue that are used here. An unscoped token has none. */
export const Catalog = v.optional(
  v.array(
    v.object({
      type: v.string(),
      endpoints: v.array(
        v.object({ interface: v.string(), region: v.nullish(v.string()), url: v.nullish(v.string()) }),
      ),
    }),
  ),
  [],
)

/**
 * Returns the base URL of requests, without a slash at the end: the token's origin, unless `OS_INTERFACE` names one of the
 * catalogue's endpoints. Catalogues are made for machines inside the cloud, so their endpoints are used on request only, and
 * plain http never replaces https. Throws `configuration` where the catalogue has identity, but not in this region or at
 * this interface.
 */
export function identityEndpoint(
  catalog: v.InferOutput<typeof Catalog>,
  authBase: string,
  { region, interface: kind }: Pick<KeystoneConfig, 'region' | 'interface'>,
): string {
  const all = catalog.filter(({ type }) => type === 'identity').flatMap(({ endpoints }) => endpoints)
  if (all.length === 0) return authBase
  const here = all.filter((endpoint) => region === undefined || endpoint.region === region)
  if (here.length === 0) {
    const known = [...new Set(all.map((endpoint) => endpoint.region))].join(', ')
    throw new KeystoneError('configuration', `OS_REGION_NAME is not one of Keystone's regions (${known})`)
  }
  if (kind === undefined) return authBase
  const url = here.find((endpoint) => endpoint.interface === kind)?.url
  if (!url || !URL.canParse(url))
    throw new KeystoneError('configuration', `OS_INTERFACE: the catalogue has no ${kind} identity endpoint`)
  const { protocol, origin, pathname } = new URL(url)
  if (protocol !== 'https:' && protocol !== new URL(authBase).protocol) return authBase
  const path = pathname.replace(/\/+$/, '')
  return `${origin}${path.endsWith('/v3') ? path : `${path}/v3`}`
}
