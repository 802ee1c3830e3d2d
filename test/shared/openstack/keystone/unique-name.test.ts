import { describe, expect, it } from 'vitest'
import * as texts from '../../../../shared/openstack/keystone/delicate-text.ts'
import { roleNamed } from '../../../../shared/openstack/keystone/roles.ts'
import {
  createOnce,
  exactlyNamed,
  holderAmong,
  rename,
} from '../../../../shared/openstack/keystone/unique-name.ts'
import { KeystoneError, NameTakenError } from '../../../../shared/openstack/transport/errors.ts'

const [cafe, accented] = [
  { id: 'k1', name: 'cafe' },
  { id: 'k2', name: 'café' },
]
const failing = (status: number, code = status === 409 ? ('conflict' as const) : ('failed' as const)) => {
  const more = { status, requestId: 'req-1', mayHaveHappened: status >= 500 }
  return new KeystoneError(code, `Keystone says ${status}`, more)
}

const refuse = (error: KeystoneError) => async () => {
  throw error
}
const store = (text: object, error: KeystoneError) => texts.storing(text, refuse(error))

describe('among the entities that Keystone lists for a name', () => {
  it.each([
    ['café', [cafe, accented], accented, accented],
    ['café', [cafe], undefined, cafe],
    ['CAFE', [cafe], undefined, cafe],
    ['cafe ', [cafe], undefined, cafe],
    ['cafe', [], undefined, undefined],
  ])('%j is called exactly so or has the name', (name, listed, exact, holder) => {
    expect([exactlyNamed(name, listed), holderAmong(name, listed)]).toEqual([exact, holder])
  })

  it('a role is the one that policies take for it, case apart', () => {
    const names = ['Member', 'member', 'Compute_Operate', 'compute_opérate', 'admin']
    const roles = names.map((name) => ({ id: name, name }))
    const found = ['member', 'MEMBER', 'compute_operate'].map((name) => roleNamed(name, roles)?.id)
    expect(found).toEqual(['member', 'Member', 'Compute_Operate'])
    for (const name of ['àdmin', 'admin ']) expect(roleNamed(name, roles)).toBeUndefined()
  })
})

describe('a name that is the same as another’s to the database', () => {
  const taken = { code: 'conflict', what: 'project', desired: 'café', holder: cafe, status: 409 }

  it('is not taken for the entity to create', async () => {
    const creation = { what: 'project', name: 'café', find: async () => cafe, isThis: () => false } as const
    const made = createOnce({ ...creation, create: refuse(failing(409)) })
    await expect(made).rejects.toMatchObject(taken)
    await expect(made).rejects.toBeInstanceOf(NameTakenError)
    await expect(made).rejects.not.toMatchObject({ message: expect.stringContaining('k1') })
  })

  it('cannot be given to an entity, unless it is its own, spelt differently', async () => {
    const renaming = { what: 'project', id: 'k2', name: 'café', find: async () => cafe } as const
    const change = refuse(failing(500))
    await expect(rename({ ...renaming, change })).rejects.toMatchObject({ ...taken, status: 500 })
    await expect(rename({ ...renaming, id: 'k1', change })).rejects.toMatchObject({ code: 'failed' })
    expect(
      await rename({ ...renaming, id: 'k1', change: async () => ({ ...cafe, name: 'café' }) }),
    ).toMatchObject({ name: 'café' })
  })
})

describe('a text with a character of four bytes', () => {
  it.each([
    ['shop', undefined],
    ['Ünïcödé 项目 €', undefined],
    ['a 💥 b 🚀', '💥'],
    ['𝔸', '𝔸'],
    ['\ud83d alone', undefined],
  ])('%j: %s', (text, character) => {
    expect(texts.fourByteCharacterIn(text)).toBe(character)
    expect(texts.fourByteCharacterIn(texts.withoutFourByteCharacters(text))).toBeUndefined()
  })

  it.each([
    ['fails', failing(500)],
    ['is in conflict with nothing that is found', failing(409)],
  ])('%s: told by the first such character', async (_, error) => {
    const both = { name: 'a 💥', description: 'b 🚀' }
    const unstorable = { code: 'unstorable', field: 'name', character: '💥' }
    await expect(store(both, error)).rejects.toMatchObject(unstorable)
    const described = { name: 'a', description: 'b 🚀' }
    await expect(store(described, error)).rejects.toMatchObject({ field: 'description', character: '🚀' })
    await expect(store({ name: 'a' }, error)).rejects.toBe(error)
  })

  it.each([
    [
      'a name that another has',
      new NameTakenError({ what: 'project', name: 'a 💥', holder: cafe }, failing(409)),
    ],
    ['a load balancer that is out of order', failing(503)],
    ['a refusal', failing(400, 'failed')],
  ])('is not blamed for %s', async (_, error) => {
    await expect(store({ name: 'a 💥' }, error)).rejects.toBe(error)
  })
})
