import { type Mapping, readMapping } from '../../shared/openstack/plan/mapping.ts'
import type { KeystoneConfig } from '../../shared/openstack/transport/config.ts'
import { KeystoneError } from '../../shared/openstack/transport/errors.ts'
import { readKeystoneConfig, type Variables } from '../../shared/openstack/transport/read-config.ts'
import type { DriftMode } from './full-sync/handle-drift.ts'

export type Configuration = { keystone: KeystoneConfig; mapping: Mapping; drift: DriftMode }

/**
 * Reads the `OS_*` variables, `OS_DRIFT` (`repair` or `report`) among them. Returns undefined without `OS_AUTH_URL`: OpenStack
 * is off. Throws a `KeystoneError` with the code `configuration`, whose message names the variable to set.
 */
export function configureOpenStack(variables: Variables): Configuration | undefined {
  const keystone = readKeystoneConfig(variables)
  return keystone && { keystone, mapping: readMapping(variables), drift: readDrift(variables) }
}

function readDrift(variables: Variables): DriftMode {
  const drift = variables.OS_DRIFT?.trim() || 'repair'
  if (drift === 'repair' || drift === 'report') return drift
  throw new KeystoneError('configuration', 'OS_DRIFT must be repair or report')
}

/** Time limits of the worker's requests: with all retries one takes less time than the margin of a lease. */
export const patience = { connectMilliseconds: 5_000, answerMilliseconds: 15_000, attempts: 2 } as const
