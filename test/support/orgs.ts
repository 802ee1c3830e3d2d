import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TimedEvent } from './timeline.ts'

export const orgs = ['etcd-io', 'kubernetes-client', 'kubernetes-csi', 'kubernetes'] as const

/** The public configuration of a GitHub organisation as provisioning events; handles are replaced. */
export function orgFile(name: (typeof orgs)[number]): string {
  return join(import.meta.dirname, '../data/orgs', `${name}.jsonl`)
}

export function readOrg(name: (typeof orgs)[number]): TimedEvent[] {
  const lines = readFileSync(orgFile(name), 'utf8').split('\n').filter(Boolean)
  return lines.map((line): TimedEvent => JSON.parse(line))
}
