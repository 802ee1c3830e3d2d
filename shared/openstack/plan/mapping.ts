import * as v from 'valibot'
import { type Role, roles } from '../../domain/entities/role.ts'
import { KeystoneError } from '../transport/errors.ts'
import type { Variables } from '../transport/read-config.ts'

/** How the directory is represented in Keystone. */
export type Mapping = {
  /** Domain of our projects and users. */
  domainId: string
  /** The effect of a project's deletion. */
  projectDelete: 'disable' | 'delete'
  /** The identity provider of our users' federated identities. */
  federation?: { idpId: string; protocolId: string } | undefined
  /** Keystone's name of a role. */
  roleName: (role: Role) => string
}

const RoleNames = v.record(v.string(), v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(255)))

/**
 * `OS_TARGET_DOMAIN_ID` (`default`), `OS_PROJECT_DELETE` (`disable`), `OS_IDP` with `OS_PROTOCOL`, and `OS_ROLE_NAMES`,
 * a JSON object that names Keystone's role for some of ours: `{"full":"member"}`. Throws `configuration`.
 */
export function readMapping(variables: Variables): Mapping {
  const text = (name: string) => variables[name]?.trim() || undefined
  const projectDelete = text('OS_PROJECT_DELETE') ?? 'disable'
  if (projectDelete !== 'disable' && projectDelete !== 'delete')
    throw new KeystoneError('configuration', 'OS_PROJECT_DELETE must be disable or delete')
  const [idpId, protocolId] = [text('OS_IDP'), text('OS_PROTOCOL')]
  if ((idpId === undefined) !== (protocolId === undefined))
    throw new KeystoneError('configuration', 'OS_IDP and OS_PROTOCOL need each other')
  const named = readRoleNames(text('OS_ROLE_NAMES') ?? '{}')
  return {
    domainId: text('OS_TARGET_DOMAIN_ID') ?? 'default',
    projectDelete,
    ...(idpId && protocolId && { federation: { idpId, protocolId } }),
    roleName: (role) => named.get(role) ?? defaultRoleName(role),
  }
}

/** `compute:operate` becomes `compute_operate`, and `full` becomes Keystone's own `member`. */
function defaultRoleName(role: Role): string {
  return role === 'full' ? 'member' : role.replace(':', '_')
}

function readRoleNames(text: string): Map<string, string> {
  const result = v.safeParse(RoleNames, parsed(text))
  if (!result.success)
    throw new KeystoneError('configuration', 'OS_ROLE_NAMES must be a JSON object of names')
  const named = new Map(Object.entries(result.output))
  const unknown = [...named.keys()].find((name) => !roles.some((role) => role === name))
  if (unknown !== undefined)
    throw new KeystoneError('configuration', `OS_ROLE_NAMES: ${unknown} is no role of a project`)
  for (const [role, name] of named) {
    // In Keystone's and most services' policies an admin of any project is an admin of the cloud.
    if (name.toLowerCase() !== 'admin') continue
    const message = `OS_ROLE_NAMES: ${role} must not be ${name}, which would give customers the whole cloud`
    throw new KeystoneError('configuration', message)
  }
  return named
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
