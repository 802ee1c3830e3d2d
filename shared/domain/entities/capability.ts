import * as v from 'valibot'
import { listOf } from '../values/list.ts'

/** The actions that an assignment may allow on a legacy virtual server. Every assignment includes `view`. */
export const capabilities = [
  'view',
  'power',
  'console',
  'rescue',
  'reinstall',
  'snapshot',
  'backup',
  'network',
  'rdns',
  'monitoring',
  'resize',
  'cancel',
] as const
export type Capability = (typeof capabilities)[number]

export const Capabilities = v.pipe(
  listOf(v.picklist(capabilities, `must be one of ${capabilities.join(', ')}`), capabilities.length),
  v.check((list) => new Set(list).size === list.length, 'must not name the same twice'),
  v.transform((list): Capability[] => capabilities.filter((name) => name === 'view' || list.includes(name))),
)
