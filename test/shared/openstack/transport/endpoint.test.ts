import { describe, expect, it } from 'vitest'
import { identityEndpoint } from '../../../../shared/openstack/transport/endpoint.ts'

const base = 'https://keystone.example/v3'
const catalog = [
  { type: 'compute', endpoints: [{ interface: 'public', region: 'Mars', url: 'https://nova.example' }] },
  {
    type: 'identity',
    endpoints: [
      { interface: 'public', region: 'One', url: 'https://one.example/identity' },
      { interface: 'internal', region: 'One', url: 'https://one.internal:5000/v3/' },
      { interface: 'internal', region: 'Two', url: 'http://two.internal:5000/v3' },
      { interface: 'admin', region: 'Two', url: null },
    ],
  },
]

const internal = { interface: 'internal' } as const
const admin = { interface: 'admin' } as const

describe('requests go', () => {
  it.each([
    ['where the token came from', {}, base],
    ['there in a region that is known', { region: 'Two' }, base],
    ['to the interface of the settings', { ...internal, region: 'One' }, 'https://one.internal:5000/v3'],
    ['from https to no http', { ...internal, region: 'Two' }, base],
    ['to its version 3', { interface: 'public' as const }, 'https://one.example/identity/v3'],
  ])('%s', (_, desired, expected) => {
    expect(identityEndpoint(catalog, base, desired)).toBe(expected)
    expect(identityEndpoint([], base, desired)).toBe(base)
  })

  it.each([
    ['to no region that is unknown', { region: 'Mars' }, 'OS_REGION_NAME'],
    ['to no interface without a URL', { ...admin, region: 'Two' }, 'no admin identity endpoint'],
  ])('%s', (_, desired, words) => {
    const find = () => identityEndpoint(catalog, base, desired)
    expect(find).toThrow(
      expect.objectContaining({ code: 'configuration', message: expect.stringContaining(words) }),
    )
  })
})
