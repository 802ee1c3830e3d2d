import { describe, expect, it } from 'vitest'
import { roles } from '../../../../shared/domain/entities/role.ts'
import { readMapping } from '../../../../shared/openstack/plan/mapping.ts'
import { federatedIdOf, ownerOf, projectTag } from '../../../../shared/openstack/plan/names.ts'

describe('the mapping', () => {
  it('has defaults', () => {
    const { roleName, ...rest } = readMapping({})
    expect(rest).toEqual({ domainId: 'default', projectDelete: 'disable' })
    expect([roleName('compute:operate'), roleName('full')]).toEqual(['compute_operate', 'member'])
    expect(new Set(roles.map(roleName)).size).toBe(roles.length)
  })

  it('is configured', () => {
    const { roleName, ...rest } = readMapping({
      OS_TARGET_DOMAIN_ID: 'customers',
      OS_PROJECT_DELETE: 'delete',
      OS_IDP: 'corp',
      OS_PROTOCOL: 'openid',
      OS_ROLE_NAMES: '{"full":"admin-ish"}',
    })
    expect(rest).toEqual({
      domainId: 'customers',
      projectDelete: 'delete',
      federation: { idpId: 'corp', protocolId: 'openid' },
    })
    expect([roleName('full'), roleName('dns:read')]).toEqual(['admin-ish', 'dns_read'])
  })

  it.each([
    [{ OS_PROJECT_DELETE: 'purge' }, 'OS_PROJECT_DELETE must be disable or delete'],
    [{ OS_IDP: 'corp' }, 'OS_IDP and OS_PROTOCOL need each other'],
    [{ OS_PROTOCOL: 'openid' }, 'OS_IDP and OS_PROTOCOL need each other'],
    [{ OS_ROLE_NAMES: '{' }, 'OS_ROLE_NAMES must be a JSON object of names'],
    [{ OS_ROLE_NAMES: '{"full":" "}' }, 'OS_ROLE_NAMES must be a JSON object of names'],
    [{ OS_ROLE_NAMES: '{"all":"member"}' }, 'OS_ROLE_NAMES: all is no role of a project'],
    [
      { OS_ROLE_NAMES: '{"full":"member","dns:manage":" Admin "}' },
      'OS_ROLE_NAMES: dns:manage must not be Admin, which would give customers the whole cloud',
    ],
  ])('says what has to be mended in %j', (variables, message) => {
    expect(() => readMapping(variables)).toThrow(expect.objectContaining({ code: 'configuration', message }))
  })
})

describe('names', () => {
  it('find the owner of a project by its tags', () => {
    expect(ownerOf(['x', 'latchkey', projectTag('BGE000081', 'P1')])).toEqual({
      customerId: 'BGE000081',
      projectId: 'P1',
    })
    for (const tag of ['latchkey', 'latchkey:a', 'latchkey:a:', 'latchkey::b', 'latchkey:a:b:c', 'other:a:b'])
      expect(ownerOf([tag])).toBeUndefined()
  })

  it.each(['a#b', 'a b', 'ä', 'x'.repeat(129)])(
    'tell of nobody where others wrote what is no id: %s',
    (no) => {
      expect(ownerOf([projectTag(no, 'P1')])).toBeUndefined()
      expect(ownerOf([projectTag('BGE000081', no)])).toBeUndefined()
      expect(ownerOf([projectTag('BGE000081', no), projectTag('BGE000081', 'P1')])?.projectId).toBe('P1')
    },
  )

  // As `python3 -c 'from urllib.parse import quote; print(quote("..."))'` answers.
  it.each([
    ['ann.b_c-d~e@a.example', 'ann.b_c-d~e%40a.example'],
    ["o'brien+x@a.example", 'o%27brien%2Bx%40a.example'],
    ["!#$%&'*+/=?^_`{|}~@a.example", '%21%23%24%25%26%27%2A%2B/%3D%3F%5E_%60%7B%7C%7D~%40a.example'],
  ])('of %s in a provider’s login is %s', (email, id) => {
    expect(federatedIdOf(email)).toBe(id)
  })
})
