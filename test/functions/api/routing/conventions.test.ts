import { describe, expect, it } from 'vitest'
import { routes } from '../../../../functions/api/routes.ts'
import { acme, startAcme } from '../acme.ts'
import { publicUrl } from '../world.ts'

const { world, at, tokens } = await startAcme({ reportKeys: '{}' })

it('every route is there once, under a name of its own', () => {
  const places = routes.map(({ method, path }) => `${method} ${path}`)
  expect(new Set(places).size).toBe(routes.length)
  expect(new Set(routes.map(({ id }) => id)).size).toBe(routes.length)
  expect(routes.map(({ id }) => id).filter((id) => !/^[a-z]+([A-Z][a-z]*)*$/.test(id))).toEqual([])
})

describe('without a token', () => {
  it('says that it is healthy', async () => {
    expect((await world.ask('/healthz')).body).toEqual({ status: 'ok' })
  })

  it('tells where tokens come from (RFC 9728)', async () => {
    expect((await world.ask('/.well-known/oauth-protected-resource')).body).toMatchObject({
      resource: publicUrl,
      authorization_servers: [world.issuer.url],
      bearer_methods_supported: ['header'],
    })
  })

  it('shows no key of reports while there is none', async () => {
    expect((await world.ask('/.well-known/jwks.json')).body).toEqual({ keys: [] })
  })

  it.each(['AAA000001', acme])('describes the decision point of %s, known or not', async (customer) => {
    const requests = await world.requestsOf(async () => {
      const answer = await world.ask(`/.well-known/authzen-configuration/v1/customers/${customer}`)
      expect(answer.body).toEqual({
        policy_decision_point: `${publicUrl}/v1/customers/${customer}`,
        access_evaluation_endpoint: `${publicUrl}/v1/customers/${customer}/access/v1/evaluation`,
        access_evaluations_endpoint: `${publicUrl}/v1/customers/${customer}/access/v1/evaluations`,
        search_subject_endpoint: `${publicUrl}/v1/customers/${customer}/access/v1/search/subject`,
        search_resource_endpoint: `${publicUrl}/v1/customers/${customer}/access/v1/search/resource`,
        search_action_endpoint: `${publicUrl}/v1/customers/${customer}/access/v1/search/action`,
      })
    })
    expect(requests).toEqual([])
  })

  it.each(['aaa000001', 'AAA00001', 'AAA%23', 'AAA000001%0A'])('there is none of %s', async (customer) => {
    expect((await world.ask(`/.well-known/authzen-configuration/v1/customers/${customer}`)).status).toBe(404)
  })
})

describe('a query', () => {
  it.each([
    [`${at}/users?sort=name`, 'sort', 'is not known here'],
    [`${at}/users?__proto__=1`, '__proto__', 'is not known here'],
    [`${at}/users?type=admin`, 'type', expect.stringContaining('must be one of')],
    [`${at}/users?type=customer-tech&type=customer-admin`, 'type', 'must not be given twice'],
    [`${at}/users?email=nobody`, 'email', expect.stringContaining('must be an e-mail address')],
    [`${at}/users?status=locked`, 'status', 'must be active or disabled'],
    [`${at}/events?after=yesterday`, 'after', expect.stringContaining('RFC 3339')],
  ])('that does not fit is refused by name: %s', async (path, pointer, detail) => {
    const answer = await world.ask(path, tokens.owner)
    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({ code: 'invalid-request', errors: [{ pointer, detail }] })
  })
})
