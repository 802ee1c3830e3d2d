import { afterAll, inject } from 'vitest'
import {
  connectKeystone,
  type Keystone,
  type KeystoneOptions,
} from '../../../shared/openstack/keystone/client.ts'
import { readKeystoneConfig, type Variables } from '../../../shared/openstack/transport/read-config.ts'
import { type FaultProxy, type ProxyOptions, startFaultProxy } from './fault-proxy.ts'
import { startKeystone, type TestKeystone } from './keystone.ts'

// Tests start clients too, and no hook can be added once they run.
const closers: (() => Promise<void> | void)[] = []
afterAll(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

/** The `OS_*` variables of the Keystone that all files share: each file should use names of its own. */
export function sharedKeystone(): Record<string, string> {
  return inject('keystone').variables
}

/** The database of this run's Keystone. */
export const database = inject('database')

/** A Keystone of the file's own, which it may stop, or give further lines of `keystone.conf`; removed after the file. */
export async function ownKeystone(settings?: string): Promise<TestKeystone> {
  const keystone = await startKeystone({ from: inject('keystone').template, ...(settings && { settings }) })
  closers.push(keystone.remove)
  return keystone
}

/** A client, closed after the file. */
export function connectTo(variables: Variables, options?: KeystoneOptions): Keystone {
  const config = readKeystoneConfig(variables)
  if (!config) throw new Error('there is no OS_AUTH_URL')
  const keystone = connectKeystone(config, options)
  closers.push(keystone.close)
  return keystone
}

/** A client, and each request of it so far, logins included. */
export function connectCounting(variables: Variables) {
  const requests: string[] = []
  const observe = ({ method, path }: { method: string; path: string }) =>
    void requests.push(`${method} ${path}`)
  return { keystone: connectTo(variables, { observe }), requests }
}

/** A proxy in front of the Keystone with these variables, closed after the file; `variables` lead through it. */
export async function proxyTo(
  variables: Record<string, string>,
  options?: ProxyOptions,
): Promise<FaultProxy & { variables: Record<string, string> }> {
  const proxy = await startFaultProxy(variables.OS_AUTH_URL ?? '', options)
  closers.push(proxy.close)
  return { ...proxy, variables: { ...variables, OS_AUTH_URL: proxy.url } }
}
