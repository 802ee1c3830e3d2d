import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { assignRole, listAssignments, unassignRole } from '../../shared/openstack/keystone/assignments.ts'
import { pathTo } from '../../shared/openstack/keystone/client.ts'
import {
  createKeystoneProject,
  deleteKeystoneProject,
  listProjectsTagged,
  updateKeystoneProject,
} from '../../shared/openstack/keystone/projects.ts'
import { createRole, listRoles } from '../../shared/openstack/keystone/roles.ts'
import {
  createKeystoneUser,
  findUserFederated,
  listKeystoneUsers,
  listUsersFederated,
  updateKeystoneUser,
} from '../../shared/openstack/keystone/users.ts'
import { findProject, findProjectNamed, findUser, findUserNamed } from '../support/keystone/find.ts'
import { makeProvider } from '../support/keystone/provider.ts'
import { connectTo, database, sharedKeystone } from '../support/keystone/shared.ts'

const keystone = connectTo(sharedKeystone())
const domainId = 'default'
/** Nobody else's. */
const fresh = () => randomUUID().slice(0, 13)

const newProject = (name: string, more = {}) => {
  const identity = `latchkey:${name}`
  const tags = ['latchkey', identity]
  return { domainId, name, description: '', enabled: true, tags, identity, ...more }
}
const userIdOf = (name: string) => `usr_${name.replaceAll('@', '.')}`
const newUser = (name: string, more = {}) => ({
  domainId,
  name,
  enabled: true,
  latchkeyUserId: userIdOf(name),
  ...more,
})

async function readyToAssign() {
  const project = await createKeystoneProject(keystone, newProject(fresh()))
  const user = await createKeystoneUser(keystone, newUser(fresh()))
  const role = await createRole(keystone, 'compute_operate')
  return { project, user, role, grant: { projectId: project.id, userId: user.id, roleId: role.id } }
}
const startProvider = () => makeProvider(keystone, fresh())

describe('a project', () => {
  it('is made with its tags, and found by name, tag and id', async () => {
    const name = `BGE_${fresh()}`
    const made = await createKeystoneProject(
      keystone,
      newProject(name, { description: 'of the shop', enabled: false }),
    )
    expect(made).toMatchObject({ name, description: 'of the shop', enabled: false, domainId })
    expect(made.tags).toEqual(['latchkey', `latchkey:${name}`])
    expect(await findProject(keystone, made.id)).toEqual(made)
    expect(await findProjectNamed(keystone, domainId, name)).toEqual(made)
    expect(await listProjectsTagged(keystone, `latchkey:${name}`)).toEqual([made])
    expect(await listProjectsTagged(keystone, 'latchkey')).toContainEqual(made)
  })

  it.each([
    'a/b.c ?&#%+=',
    'Ünïcödé 项目 €',
    ...(database === 'sqlite' ? ['💥'] : []),
    '.',
    '..',
    'x'.repeat(50),
  ])('may be called %j', async (odd) => {
    const name = `${fresh()}${odd}`
    const made = await createKeystoneProject(keystone, { ...newProject(fresh()), name })
    expect(made.name).toBe(name)
    expect(await findProjectNamed(keystone, domainId, name)).toEqual(made)
  })

  it('is the same one when it is made again, also by many at once', async () => {
    const desired = newProject(fresh())
    const made = await createKeystoneProject(keystone, desired)
    const again = await Promise.all(Array.from({ length: 8 }, () => createKeystoneProject(keystone, desired)))
    expect(new Set(again.map(({ id }) => id))).toEqual(new Set([made.id]))
    const several = newProject(fresh())
    const all = await Promise.all(Array.from({ length: 8 }, () => createKeystoneProject(keystone, several)))
    expect(new Set(all.map(({ id }) => id)).size).toBe(1)
  })

  it("is never made of somebody else's with the same name", async () => {
    const name = fresh()
    const theirs = await createKeystoneProject(keystone, {
      ...newProject(name),
      tags: ['theirs'],
      identity: 'theirs',
    })
    await expect(createKeystoneProject(keystone, newProject(name))).rejects.toMatchObject({
      code: 'conflict',
      status: 409,
      message: `the name "${name}" is taken by another project`,
      holder: { id: theirs.id },
    })
    expect(await findProjectNamed(keystone, domainId, name)).toEqual(theirs)
  })

  it('is renamed, disabled and described without losing its tags', async () => {
    const made = await createKeystoneProject(keystone, newProject(fresh()))
    const name = fresh()
    const changed = await updateKeystoneProject(keystone, made, {
      name,
      enabled: false,
      description: 'other',
    })
    expect(changed).toEqual({ ...made, name, enabled: false, description: 'other' })
    expect(await findProject(keystone, made.id)).toEqual(changed)
  })

  it('cannot be given a name that is taken', async () => {
    const [one, other] = [newProject(fresh()), newProject(fresh())]
    await createKeystoneProject(keystone, one)
    const made = await createKeystoneProject(keystone, other)
    await expect(updateKeystoneProject(keystone, made, { name: one.name })).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  it('is gone once it is deleted, and may be deleted twice', async () => {
    const made = await createKeystoneProject(keystone, newProject(fresh()))
    const { id, name } = made
    await deleteKeystoneProject(keystone, id)
    await deleteKeystoneProject(keystone, id)
    expect(await findProject(keystone, id)).toBeUndefined()
    expect(await findProjectNamed(keystone, domainId, name)).toBeUndefined()
    await expect(updateKeystoneProject(keystone, made, { enabled: true })).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it("tells in Keystone's words why it was refused", async () => {
    await expect(createKeystoneProject(keystone, newProject('x'.repeat(65)))).rejects.toMatchObject({
      code: 'refused',
      status: 400,
      requestId: expect.stringMatching(/^req-/),
      message: expect.stringMatching(
        /^Keystone refuses \(400\): Invalid input for field 'name': .* is too long/,
      ),
    })
  })
})

describe('a user', () => {
  it('is made without a password, and known again by our id', async () => {
    const name = `BGE_${fresh()}@members.example`
    const made = await createKeystoneUser(keystone, newUser(name))
    const latchkeyUserId = userIdOf(name)
    expect(made).toEqual({ id: expect.any(String), domainId, name, enabled: true, latchkeyUserId })
    expect(await findUser(keystone, made.id)).toEqual(made)
    expect(await findUserNamed(keystone, domainId, name)).toEqual(made)
    const login = { user: { name, domain: { id: domainId }, password: '' } }
    const answer = await fetch(`${sharedKeystone().OS_AUTH_URL}/auth/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ auth: { identity: { methods: ['password'], password: login } } }),
    })
    expect(answer.status).toBe(401)
  })

  it('is listed by the beginning of the name, of which an underscore is a letter like any other', async () => {
    const prefix = fresh()
    const one = await createKeystoneUser(keystone, newUser(`${prefix}_one`))
    await createKeystoneUser(keystone, newUser(`${prefix}xtwo`))
    expect(await listKeystoneUsers(keystone, domainId, `${prefix}_`)).toEqual([one])
    expect(await listKeystoneUsers(keystone, domainId)).toContainEqual(one)
  })

  it('is the same one when made again, also by many at once', async () => {
    const desired = newUser(fresh())
    const all = await Promise.all(Array.from({ length: 8 }, () => createKeystoneUser(keystone, desired)))
    expect(new Set(all.map(({ id }) => id)).size).toBe(1)
    expect(await createKeystoneUser(keystone, desired)).toEqual(all[0])
  })

  it.each([
    ['of nobody of ours', { latchkey_user_id: undefined }],
    ['of another user of ours', { latchkey_user_id: 'another' }],
    ['of somebody whose attribute is no text', { latchkey_user_id: 7 }],
    ['of somebody whose attribute is empty', { latchkey_user_id: '' }],
    ['of somebody whose attribute would be two keys', { latchkey_user_id: 'usr_1#USER' }],
    ['of somebody whose attribute is too long', { latchkey_user_id: 'x'.repeat(129) }],
  ])('is never made of a name %s', async (_, attribute) => {
    const name = fresh()
    const user = { name, domain_id: domainId, ...attribute }
    await keystone.call({ method: 'POST', path: '/users', body: { user }, expect: 201 })
    const { id, latchkeyUserId } = (await findUserNamed(keystone, domainId, name)) ?? {}
    expect([undefined, 'another']).toContain(latchkeyUserId)
    await expect(createKeystoneUser(keystone, newUser(name))).rejects.toMatchObject({
      code: 'conflict',
      message: `the name "${name}" is taken by another user`,
      holder: { id },
    })
  })

  it('is renamed, disabled and enabled, and stays ours', async () => {
    const made = await createKeystoneUser(keystone, newUser(fresh()))
    const name = fresh()
    expect(await updateKeystoneUser(keystone, made, { name, enabled: false })).toEqual({
      ...made,
      name,
      enabled: false,
    })
    await updateKeystoneUser(keystone, made, { enabled: true })
    expect(await findUser(keystone, made.id)).toEqual({ ...made, name })
  })

  it('has a federated identity where one is wanted', async () => {
    const idpId = await startProvider()
    const federated = { idpId, protocolId: 'openid', uniqueId: 'ann%40members.example' }
    const made = await createKeystoneUser(keystone, newUser(fresh(), { federated }))
    const told = await keystone.call({ method: 'GET', path: pathTo('users', made.id), expect: 200 })
    const protocols = [{ protocol_id: 'openid', unique_id: 'ann%40members.example' }]
    expect(told).toMatchObject({ user: { federated: [{ idp_id: idpId, protocols }] } })

    expect(await findUserFederated(keystone, federated)).toEqual(made)
    const other = await createKeystoneUser(keystone, newUser(fresh(), { federated }))
    expect(other.federatedId).toBe(other.id)
    expect(await findUserFederated(keystone, federated)).toEqual(made)
    const elsewhere = { ...federated, idpId: 'nowhere' }
    await expect(
      createKeystoneUser(keystone, newUser(fresh(), { federated: elsewhere })),
    ).rejects.toMatchObject({
      code: 'refused',
      message: 'Keystone refuses (400): Could not find Identity Provider: nowhere',
    })
    const later = await createKeystoneUser(keystone, newUser(fresh()))
    const listed = () => listUsersFederated(keystone, domainId, { idpId, protocolId: 'openid' })
    expect(new Set((await listed()).map(({ id }) => id))).toEqual(new Set([made.id, other.id]))
    await updateKeystoneUser(keystone, later, { federated: { ...federated, uniqueId: 'bob' } })
    expect(await listed()).toHaveLength(3)
    await updateKeystoneUser(keystone, later, { federated: { ...federated, uniqueId: 'robert' } })
    const renamed = await keystone.call({ method: 'GET', path: pathTo('users', later.id), expect: 200 })
    expect(renamed).toMatchObject({
      user: { federated: [{ protocols: [{ protocol_id: 'openid', unique_id: 'robert' }] }] },
    })

    const name = fresh()
    await expect(updateKeystoneUser(keystone, later, { name })).rejects.toMatchObject({
      code: 'refused',
      message: `Keystone keeps the name "${later.name}" of a user (${later.id}) that was to be called "${name}"`,
    })
    const change = { name, federated: { ...federated, uniqueId: 'bobby' } }
    expect(await updateKeystoneUser(keystone, later, change)).toMatchObject({ name, federatedId: 'bobby' })
    const taken = await updateKeystoneUser(keystone, later, { name: `${name}-2`, federated })
    expect(taken).toMatchObject({ name: `${name}-2`, federatedId: later.id })
    expect(await findUserFederated(keystone, federated)).toEqual(made)
    await expect(updateKeystoneUser(keystone, later, { ...change, name: made.name })).rejects.toMatchObject({
      code: 'conflict',
      holder: { id: made.id },
    })
  })

  it('keeps the identity that somebody at work on the same user was faster to give it', async () => {
    const federated = { idpId: await startProvider(), protocolId: 'openid', uniqueId: 'ann' }
    const desired = newUser(fresh(), { federated })
    const made = await Promise.all(Array.from({ length: 6 }, () => createKeystoneUser(keystone, desired)))
    const holder = await findUserFederated(keystone, federated)
    expect(new Set(made.map(({ id }) => id))).toEqual(new Set([holder?.id]))
  })
})

describe('a role', () => {
  it('is made once, and listed', async () => {
    const name = `compute_${fresh()}`
    const all = await Promise.all(Array.from({ length: 5 }, () => createRole(keystone, name)))
    expect(new Set(all.map(({ id }) => id)).size).toBe(1)
    expect(await createRole(keystone, name)).toEqual(all[0])
    expect(await listRoles(keystone)).toContainEqual(all[0])
  })

  it('that is there already is used as it is', async () => {
    const member = (await listRoles(keystone)).find(({ name }) => name === 'member')
    expect(await createRole(keystone, 'member')).toEqual(member)
  })
})

describe('an assignment', () => {
  it('is listed with names once it is made, and no more once it is taken back; each may happen twice', async () => {
    const { project, user, role, grant } = await readyToAssign()
    await assignRole(keystone, grant)
    await assignRole(keystone, grant)
    const principal = { kind: 'user' as const, id: user.id, name: user.name }
    const assignment = { projectId: project.id, role, principal, inherited: false }
    expect(await listAssignments(keystone, { projectId: project.id })).toEqual([assignment])
    expect(await listAssignments(keystone, {})).toContainEqual(assignment)
    await unassignRole(keystone, assignment)
    await unassignRole(keystone, assignment)
    expect(await listAssignments(keystone, { projectId: project.id })).toEqual([])
  })

  it('to a group, or for the projects below, is told apart and taken back too', async () => {
    const { project, user, role, grant } = await readyToAssign()
    const body = { group: { name: fresh(), domain_id: domainId } }
    const made = await keystone.call({ method: 'POST', path: '/groups', body, expect: 201 })
    const { id, name } = (made as { group: { id: string; name: string } }).group
    const toGroup = pathTo('projects', project.id, 'groups', id, 'roles', role.id)
    const below = pathTo('projects', project.id, 'users', user.id, 'roles', role.id, 'inherited_to_projects')
    await keystone.call({ method: 'PUT', path: toGroup, expect: 204 })
    await keystone.call({ method: 'PUT', path: `/OS-INHERIT${below}`, expect: 204 })
    await assignRole(keystone, grant)

    const all = await listAssignments(keystone, { projectId: project.id })
    expect(all).toHaveLength(3)
    const group = { kind: 'group', id, name }
    expect(all).toContainEqual({ projectId: project.id, role, principal: group, inherited: false })
    const inherited = all.filter((one) => one.inherited)
    expect(inherited).toMatchObject([{ principal: { kind: 'user', id: user.id } }])
    for (const one of inherited) await unassignRole(keystone, one)
    expect(await listAssignments(keystone, { projectId: project.id })).toHaveLength(2)
    for (const one of all) await unassignRole(keystone, one)
    expect(await listAssignments(keystone, { projectId: project.id })).toEqual([])
  })

  it.each(['projectId', 'userId', 'roleId'])('needs its %s to be there', async (which) => {
    const { grant } = await readyToAssign()
    await expect(assignRole(keystone, { ...grant, [which]: 'gone' })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('gone'),
    })
  })

  it('of a disabled user stays, and of a project that is not there is none', async () => {
    const { project, user, grant } = await readyToAssign()
    await assignRole(keystone, grant)
    await updateKeystoneUser(keystone, user, { enabled: false })
    expect(await listAssignments(keystone, { projectId: project.id })).toHaveLength(1)
    expect(await listAssignments(keystone, { projectId: 'gone' })).toEqual([])
  })
})
