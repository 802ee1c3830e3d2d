import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

type Row = { Role: string; User: string; Project: string }

/** Role assignments by names, as OpenStack's own command lists them. */
export async function listByOtherClient(
  variables: Record<string, string>,
  ...which: string[]
): Promise<Row[]> {
  const list = ['role', 'assignment', 'list', '--names', ...which, '-f', 'json']
  const options = { env: { PATH: '/usr/bin:/bin', ...variables }, maxBuffer: 2 ** 26 }
  return JSON.parse((await promisify(execFile)('/usr/bin/openstack', list, options)).stdout)
}
