import { describe, expect, it } from 'vitest'
import { type PrincipalLists, principalOf } from '../../../shared/auth/principal.ts'

const issuer = 'https://issuer.test'
const lists = { operatorClients: ['ops'], checkClients: ['checker'], operatorGroups: ['operators'] }

function principal(claims: Record<string, unknown>, configured: PrincipalLists = lists) {
  return principalOf({ sub: 'subject-1', client_id: 'web', jti: 'jti-1', ...claims }, issuer, configured)
}

describe('the principal', () => {
  it('is an operator by scope and listed client', () => {
    const claims = { sub: 'ops', client_id: 'ops', scope: 'openid operator' }
    expect(principal(claims)).toEqual({ kind: 'operator', id: 'ops' })
  })

  it('is an operator by scope and group, named as the person', () => {
    for (const client_id of ['web', 'ops']) {
      const claims = { client_id, scope: 'operator', groups: ['staff', 'operators'], name: ' Ada ' }
      expect(principal(claims)).toEqual({ kind: 'operator', id: 'subject-1', name: 'Ada' })
    }
  })

  it('is a check client by scope and list', () => {
    const claims = { sub: 'checker', client_id: 'checker', scope: 'check' }
    expect(principal(claims)).toEqual({ kind: 'check', id: 'checker' })
  })

  it('is a check client where it also claims the scope that it is not listed for', () => {
    const claims = { client_id: 'checker', scope: 'operator check' }
    expect(principal(claims)).toEqual({ kind: 'check', id: 'checker' })
  })

  it('has no name that could not stand in an audit event', () => {
    for (const name of ['', ' ', 'a\nb', 'x'.repeat(201), '\u202eAda', 'A\u200bda', 1, null, undefined]) {
      const claims = { scope: 'operator', groups: ['operators'], name }
      expect(principal(claims)).toEqual({ kind: 'operator', id: 'subject-1' })
    }
  })

  it.each([
    ['operator', { client_id: 'web' }],
    ['operator', { client_id: 'checker' }],
    ['check', { client_id: 'ops' }],
    ['check', { client_id: 'web', groups: ['operators'] }],
    ['operator', { client_id: 'web', groups: ['staff'] }],
    ['operator', { client_id: 'web', groups: 'operators' }],
    ['operator', { client_id: 'web', sub: 'web', groups: ['operators'] }],
    ['check operator', { client_id: 'web', email: 'ada@example.com', email_verified: true }],
  ])('is nobody with scope %s off its list: %j', (scope, claims) => {
    const subject = 'sub' in claims ? claims.sub : 'subject-1'
    expect(principal({ scope, ...claims })).toEqual({ kind: 'nobody', subject })
  })

  it.each(['sub', 'client_id'])('has no %s of more than 255 characters', (claim) => {
    expect(principal({ [claim]: 'x'.repeat(255) }).kind).toBe('login')
    expect(() => principal({ [claim]: 'x'.repeat(256) })).toThrow('is not a text of at most 255 characters')
  })

  it('is not made an operator by an empty entry of a list', () => {
    const empty = { operatorClients: [''], checkClients: [''], operatorGroups: [''] }
    expect(principal({ scope: 'operator', groups: [''] }, empty)).toMatchObject({ kind: 'nobody' })
  })

  it('is a login where a listed client or group comes without the scope', () => {
    for (const scope of ['openid', 'operators', 'OPERATOR', 'operator:read', '', undefined]) {
      expect(principal({ client_id: 'ops', groups: ['operators'], scope })).toMatchObject({ kind: 'login' })
    }
  })

  it('carries the e-mail in the form that is compared', () => {
    const claims = { email: 'Ada.Lovelace@Example.COM', email_verified: true }
    expect(principal(claims)).toMatchObject({ email: 'ada.lovelace@example.com', emailVerified: true })
  })

  it('is not made verified by anything but true', () => {
    for (const email_verified of ['true', 1, undefined, null, false, {}]) {
      expect(principal({ email: 'ada@example.com', email_verified })).toMatchObject({ emailVerified: false })
    }
  })

  it('has no e-mail where the claim isn’t one, or would become another’s in lower case', () => {
    for (const email of ['', 1, null, ['ada@example.com'], '\u212aate@example.com', 'a b@example.com']) {
      expect(principal({ email, email_verified: true })).not.toHaveProperty('email')
    }
  })
})
