import * as v from 'valibot'
import { parseAs, parseCompleteList } from '../transport/answer.ts'
import { isKeystoneError } from '../transport/errors.ts'
import { type Call, type Keystone, pathTo } from './client.ts'
import { fourByteCharacterIn, storing } from './delicate-text.ts'
import { createOnce, holderAmong, rename } from './unique-name.ts'

const Project = v.pipe(
  v.object({
    id: v.string(),
    name: v.string(),
    description: v.nullish(v.string()),
    enabled: v.optional(v.boolean(), true),
    /** Null for a project that acts as a domain. */
    domain_id: v.nullish(v.string()),
    tags: v.optional(v.array(v.string()), []),
  }),
  v.transform(({ domain_id: domainId, description, ...project }) => ({
    ...project,
    description: description ?? '',
    domainId: domainId ?? '',
  })),
)
export type KeystoneProject = v.InferOutput<typeof Project>

const OneProject = v.object({ project: Project })

export type NewProject = {
  domainId: string
  /** 64 characters at most. */
  name: string
  description: string
  enabled: boolean
  /** 255 characters each at most, without commas and slashes. */
  tags: readonly string[]
  /** The tag that only this project has. */
  identity: string
}

/** The projects with the tag, in any domain. */
export async function listProjectsTagged(keystone: Keystone, tag: string): Promise<KeystoneProject[]> {
  const projects = await list(keystone, { tags: tag })
  return projects.filter(({ tags }) => tags.includes(tag))
}

/** The project that occupies the name: Keystone's database may treat its name as the same. */
export async function findProjectHolding(
  keystone: Keystone,
  domainId: string,
  name: string,
): Promise<KeystoneProject | undefined> {
  try {
    return holderAmong(name, await list(keystone, { name, domain_id: domainId }))
  } catch (error) {
    // MariaDB: "Illegal mix of collations". A table with this collation holds no name with such a character.
    const isUnknowable = fourByteCharacterIn(name) !== undefined && isKeystoneError(error, 'failed')
    if (isUnknowable && error.status === 500) return undefined
    throw error
  }
}

/**
 * Creates the project with this identity unless it is there. Throws `conflict` where another project has the name,
 * `unstorable` where Keystone seems unable to store a text.
 */
export async function createKeystoneProject(
  keystone: Keystone,
  desired: NewProject,
): Promise<KeystoneProject> {
  const { domainId, identity, ...attributes } = desired
  const body = { project: { ...attributes, domain_id: domainId } }
  const create = async () =>
    parseAs(OneProject, await keystone.call({ method: 'POST', path: '/projects', body, expect: 201 })).project
  return storing(desired, () =>
    createOnce({
      what: 'project',
      name: desired.name,
      create,
      find: () => findProjectHolding(keystone, domainId, desired.name),
      isThis: ({ tags }) => tags.includes(identity),
    }),
  )
}

export type ProjectChange = { name?: string; description?: string; enabled?: boolean }

/**
 * Throws `conflict` where another project has the name, `refused` where Keystone keeps the old one, `unstorable` where it
 * seems unable to store a text, `not-found` where the project is gone.
 */
export async function updateKeystoneProject(
  keystone: Keystone,
  { id, domainId }: { id: string; domainId: string },
  change: ProjectChange,
): Promise<KeystoneProject> {
  const call: Call = {
    method: 'PATCH',
    path: pathTo('projects', id),
    body: { project: change },
    expect: 200,
  }
  return storing(change, () =>
    rename({
      what: 'project',
      id,
      name: change.name,
      change: async () => parseAs(OneProject, await keystone.call(call)).project,
      find: (name) => findProjectHolding(keystone, domainId, name),
    }),
  )
}

/** Deletes the project and its assignments, if it is there. Throws `forbidden` where it has child projects. */
export async function deleteKeystoneProject(keystone: Keystone, id: string): Promise<void> {
  try {
    await keystone.call({ method: 'DELETE', path: pathTo('projects', id), expect: 204 })
  } catch (error) {
    if (!isKeystoneError(error, 'not-found')) throw error
  }
}

async function list(keystone: Keystone, query: Record<string, string>): Promise<KeystoneProject[]> {
  return parseCompleteList(
    'projects',
    Project,
    await keystone.call({ method: 'GET', path: '/projects', query, expect: 200 }),
  )
}
