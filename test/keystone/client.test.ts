import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { makeProvider } from '../support/keystone/provider.ts'
import { connectTo, database, sharedKeystone } from '../support/keystone/shared.ts'
import * as ks from '../support/keystone/ks.ts'

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

const newOne = (name = fresh(), more = {}) => ks.createKeystoneProject(keystone, newProject(name, more))
const newPerson = (name = fresh(), more = {}) => ks.createKeystoneUser(keystone, newUser(name, more))
/** How many there are once eight have made the same at once. */
async function countOf(make: () => Promise<{ id: string }>, ...before: { id: string }[]) {
  const made = await Promise.all(Array.from({ length: 8 }, make))
  return new Set([...before, ...made].map(({ id }) => id)).size
}

async function readyToAssign() {
  const [project, user] = [await newOne(), await newPerson()]
  const role = await ks.createRole(keystone, 'compute_operate')
  return { project, user, role, grant: { projectId: project.id, userId: user.id, roleId: role.id } }
}
const startProvider = () => makeProvider(keystone, fresh())

describe('a project', () => {
  it('is made with its tags, and found by name, tag and id', async () => {
    const name = `BGE_${fresh()}`
    const made = await newOne(name, { description: 'of the shop', enabled: false })
    expect(made).toMatchObject({ name, description: 'of the shop', enabled: false, domainId })
    expect(made.tags).toEqual(['latchkey', `latchkey:${name}`])
    expect(await ks.findProject(keystone, made.id)).toEqual(made)
    expect(await ks.findProjectNamed(keystone, domainId, name)).toEqual(made)
    expect(await ks.listProjectsTagged(keystone, `latchkey:${name}`)).toEqual([made])
    expect(await ks.listProjectsTagged(keystone, 'latchkey')).toContainEqual(made)
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
    const made = await ks.createKeystoneProject(keystone, { ...newProject(fresh()), name })
    expect(made.name).toBe(name)
    expect(await ks.findProjectNamed(keystone, domainId, name)).toEqual(made)
  })

  it('is the same one when it is made again, also by many at once', async () => {
    const name = fresh()
    expect(await countOf(() => newOne(name), await newOne(name))).toBe(1)
    const several = fresh()
    expect(await countOf(() => newOne(several))).toBe(1)
  })

  it("is never made of somebody else's with the same name", async () => {
    const name = fresh()
    const theirs = await ks.makeProject(keystone, name, { tags: ['theirs'] })
    await expect(newOne(name)).rejects.toMatchObject({
      code: 'conflict',
      status: 409,
      message: `the name "${name}" is taken by another project`,
      holder: { id: theirs.id },
    })
    expect(await ks.findProjectNamed(keystone, domainId, name)).toEqual(theirs)
  })

  it('is renamed, disabled and described without losing its tags', async () => {
    const made = await newOne()
    const name = fresh()
    const changed = await ks.updateKeystoneProject(keystone, made, {
      name,
      enabled: false,
      description: 'other',
    })
    expect(changed).toEqual({ ...made, name, enabled: false, description: 'other' })
    expect(await ks.findProject(keystone, made.id)).toEqual(changed)
  })

  it('cannot be given a name that is taken', async () => {
    const [one, other] = [await newOne(), await newOne()]
    const conflict = { code: 'conflict' }
    await expect(ks.updateKeystoneProject(keystone, other, { name: one.name })).rejects.toMatchObject(
      conflict,
    )
  })

  it('is gone once it is deleted, and may be deleted twice', async () => {
    const made = await newOne()
    const { id, name } = made
    await ks.deleteKeystoneProject(keystone, id)
    await ks.deleteKeystoneProject(keystone, id)
    expect(await ks.findProject(keystone, id)).toBeUndefined()
    expect(await ks.findProjectNamed(keystone, domainId, name)).toBeUndefined()
    await expect(ks.updateKeystoneProject(keystone, made, { enabled: true })).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it("tells in Keystone's words why it was refused", async () => {
    await expect(newOne('x'.repeat(65))).rejects.toMatchObject({
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
    const made = await newPerson(name)
    const latchkeyUserId = userIdOf(name)
    expect(made).toEqual({ id: expect.any(String), domainId, name, enabled: true, latchkeyUserId })
    expect(await ks.findUser(keystone, made.id)).toEqual(made)
    expect(await ks.findUserNamed(keystone, domainId, name)).toEqual(made)
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
    const one = await newPerson(`${prefix}_one`)
    await newPerson(`${prefix}xtwo`)
    expect(await ks.listKeystoneUsers(keystone, domainId, `${prefix}_`)).toEqual([one])
    expect(await ks.listKeystoneUsers(keystone, domainId)).toContainEqual(one)
  })

  it('is the same one when made again, also by many at once', async () => {
    const desired = newUser(fresh())
    const all = await Promise.all(Array.from({ length: 8 }, () => ks.createKeystoneUser(keystone, desired)))
    expect(new Set(all.map(({ id }) => id)).size).toBe(1)
    expect(await ks.createKeystoneUser(keystone, desired)).toEqual(all[0])
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
    const id = await ks.makeUser(keystone, { name, domain_id: domainId, ...attribute })
    const { latchkeyUserId } = (await ks.findUserNamed(keystone, domainId, name)) ?? {}
    expect([undefined, 'another']).toContain(latchkeyUserId)
    await expect(newPerson(name)).rejects.toMatchObject({
      code: 'conflict',
      message: `the name "${name}" is taken by another user`,
      holder: { id },
    })
  })

  it('is renamed, disabled and enabled, and stays ours', async () => {
    const made = await newPerson()
    const name = fresh()
    expect(await ks.updateKeystoneUser(keystone, made, { name, enabled: false })).toEqual({
      ...made,
      name,
      enabled: false,
    })
    await ks.updateKeystoneUser(keystone, made, { enabled: true })
    expect(await ks.findUser(keystone, made.id)).toEqual({ ...made, name })
  })

  it('has a federated identity where one is wanted', async () => {
    const idpId = await startProvider()
    const federated = { idpId, protocolId: 'openid', uniqueId: 'ann%40members.example' }
    const made = await newPerson(fresh(), { federated })
    const told = await keystone.call({ method: 'GET', path: ks.pathTo('users', made.id), expect: 200 })
    const protocols = [{ protocol_id: 'openid', unique_id: 'ann%40members.example' }]
    expect(told).toMatchObject({ user: { federated: [{ idp_id: idpId, protocols }] } })

    expect(await ks.findUserFederated(keystone, federated)).toEqual(made)
    const other = await newPerson(fresh(), { federated })
    expect(other.federatedId).toBe(other.id)
    expect(await ks.findUserFederated(keystone, federated)).toEqual(made)
    const elsewhere = { ...federated, idpId: 'nowhere' }
    await expect(newPerson(fresh(), { federated: elsewhere })).rejects.toMatchObject({
      code: 'refused',
      message: 'Keystone refuses (400): Could not find Identity Provider: nowhere',
    })
    const later = await newPerson()
    const listed = () => ks.listUsersFederated(keystone, domainId, { idpId, protocolId: 'openid' })
    expect(new Set((await listed()).map(({ id }) => id))).toEqual(new Set([made.id, other.id]))
    await ks.updateKeystoneUser(keystone, later, { federated: { ...federated, uniqueId: 'bob' } })
    expect(await listed()).toHaveLength(3)
    await ks.updateKeystoneUser(keystone, later, { federated: { ...federated, uniqueId: 'robert' } })
    const renamed = await keystone.call({ method: 'GET', path: ks.pathTo('users', later.id), expect: 200 })
    expect(renamed).toMatchObject({
      user: { federated: [{ protocols: [{ protocol_id: 'openid', unique_id: 'robert' }] }] },
    })

    const name = fresh()
    await expect(ks.updateKeystoneUser(keystone, later, { name })).rejects.toMatchObject({
      code: 'refused',
      message: `Keystone keeps the name "${later.name}" of a user (${later.id}) that was to be called "${name}"`,
    })
    const change = { name, federated: { ...federated, uniqueId: 'bobby' } }
    expect(await ks.updateKeystoneUser(keystone, later, change)).toMatchObject({ name, federatedId: 'bobby' })
    const taken = await ks.updateKeystoneUser(keystone, later, { name: `${name}-2`, federated })
    expect(taken).toMatchObject({ name: `${name}-2`, federatedId: later.id })
    expect(await ks.findUserFederated(keystone, federated)).toEqual(made)
    await expect(
      ks.updateKeystoneUser(keystone, later, { ...change, name: made.name }),
    ).rejects.toMatchObject({
      code: 'conflict',
      holder: { id: made.id },
    })
  })

  it('keeps the identity that somebody at work on the same user was faster to give it', async () => {
    const federated = { idpId: await startProvider(), protocolId: 'openid', uniqueId: 'ann' }
    const desired = newUser(fresh(), { federated })
    const made = await Promise.all(Array.from({ length: 6 }, () => ks.createKeystoneUser(keystone, desired)))
    const holder = await ks.findUserFederated(keystone, federated)
    expect(new Set(made.map(({ id }) => id))).toEqual(new Set([holder?.id]))
  })
})

describe('a role', () => {
  it('is made once, and listed', async () => {
    const name = `compute_${fresh()}`
    const all = await Promise.all(Array.from({ length: 5 }, () => ks.createRole(keystone, name)))
    expect(new Set(all.map(({ id }) => id)).size).toBe(1)
    expect(await ks.createRole(keystone, name)).toEqual(all[0])
    expect(await ks.listRoles(keystone)).toContainEqual(all[0])
  })

  it('that is there already is used as it is', async () => {
    const member = (await ks.listRoles(keystone)).find(({ name }) => name === 'member')
    expect(await ks.createRole(keystone, 'member')).toEqual(member)
  })
})

describe('an assignment', () => {
  it('is listed with names once it is made, and no more once it is taken back; each may happen twice', async () => {
    const { project, user, role, grant } = await readyToAssign()
    await ks.assignRole(keystone, grant)
    await ks.assignRole(keystone, grant)
    const principal = { kind: 'user' as const, id: user.id, name: user.name }
    const assignment = { projectId: project.id, role, principal, inherited: false }
    expect(await ks.listAssignments(keystone, { projectId: project.id })).toEqual([assignment])
    expect(await ks.listAssignments(keystone, {})).toContainEqual(assignment)
    await ks.unassignRole(keystone, assignment)
    await ks.unassignRole(keystone, assignment)
    expect(await ks.listAssignments(keystone, { projectId: project.id })).toEqual([])
  })

  it('to a group, or for the projects below, is told apart and taken back too', async () => {
    const { project, user, role, grant } = await readyToAssign()
    const body = { group: { name: fresh(), domain_id: domainId } }
    const made = await keystone.call({ method: 'POST', path: '/groups', body, expect: 201 })
    const { id, name } = (made as { group: { id: string; name: string } }).group
    const toGroup = ks.pathTo('projects', project.id, 'groups', id, 'roles', role.id)
    const below = ks.pathTo(
      'projects',
      project.id,
      'users',
      user.id,
      'roles',
      role.id,
      'inherited_to_projects',
    )
    await keystone.call({ method: 'PUT', path: toGroup, expect: 204 })
    await keystone.call({ method: 'PUT', path: `/OS-INHERIT${below}`, expect: 204 })
    await ks.assignRole(keystone, grant)

    const all = await ks.listAssignments(keystone, { projectId: project.id })
    expect(all).toHaveLength(3)
    const group = { kind: 'group', id, name }
    expect(all).toContainEqual({ projectId: project.id, role, principal: group, inherited: false })
    const inherited = all.filter((one) => one.inherited)
    expect(inherited).toMatchObject([{ principal: { kind: 'user', id: user.id } }])
    for (const one of inherited) await ks.unassignRole(keystone, one)
    expect(await ks.listAssignments(keystone, { projectId: project.id })).toHaveLength(2)
    for (const one of all) await ks.unassignRole(keystone, one)
    expect(await ks.listAssignments(keystone, { projectId: project.id })).toEqual([])
  })

  it.each(['projectId', 'userId', 'roleId'])('needs its %s to be there', async (which) => {
    const { grant } = await readyToAssign()
    await expect(ks.assignRole(keystone, { ...grant, [which]: 'gone' })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('gone'),
    })
  })

  it('of a disabled user stays, and of a project that is not there is none', async () => {
    const { project, user, grant } = await readyToAssign()
    await ks.assignRole(keystone, grant)
    await ks.updateKeystoneUser(keystone, user, { enabled: false })
    expect(await ks.listAssignments(keystone, { projectId: project.id })).toHaveLength(1)
    expect(await ks.listAssignments(keystone, { projectId: 'gone' })).toEqual([])
  })
})
