import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { documentedRoutes as routes } from '../../infra/openapi/documented.ts'
import { createDocument } from '../../infra/openapi/document.ts'
import { longestMatch } from '../../infra/openapi/longest-match.ts'
import { eventData } from '../../shared/provisioning/event-types.ts'
import { createSchemas } from '../support/openapi-schemas.ts'

describe('the longest match of a pattern', () => {
  test.each([
    ['^[A-Z]{2}$', 2],
    ['^usr_[0-9A-Z]{26}$', 30],
    ['^(main|prj_[0-9]{26})$', 30],
    [String.raw`^[A-Za-z0-9][\w.-]{0,127}$`, 128],
    [String.raw`^a?\.(?:bc){1,3}$`, 8],
    ['^[)(|]{3}$', 3],
    ['^$', 0],
    ['^a+$', Infinity],
    ['^a{2,}$', Infinity],
    ['^(a|b*)$', Infinity],
    ['^a|b$', Infinity],
    ['a{2}', Infinity],
  ])('%s: %d', (pattern, longest) => {
    expect(longestMatch(pattern)).toBe(longest)
  })
})

describe('the webhook', () => {
  const document = createDocument(routes)
  const misfits = createSchemas(document)
  const operation = document.paths['/webhooks/{source}']?.post
  const customerId = 'ACM000001'
  const event = {
    type: 'user.created',
    timestamp: '2026-11-23T12:00:00.000Z',
    data: { customerId, email: 'ada@acme.example', name: 'Ada', type: 'customer-tech' },
  }
  const misfitsOf = (body: object) => misfits('/components/schemas/ProvisioningEvent', body)

  test('needs the headers of a signature, and no token', () => {
    expect(operation?.security).toEqual([])
    expect(operation?.parameters).toMatchObject([
      { name: 'source', in: 'path' },
      { name: 'webhook-id', in: 'header', required: true, schema: { maxLength: 128 } },
      { name: 'webhook-timestamp', in: 'header', required: true },
      { name: 'webhook-signature', in: 'header', required: true },
      { $ref: '#/components/parameters/requestId' },
    ])
    const statuses = ['202', '400', '401', '409', '413', '429', '500', '503']
    expect(Object.keys(operation?.responses ?? {})).toEqual(statuses)
  })

  test('takes an event with the data of its type', () => {
    expect(misfitsOf(event)).toEqual([])
    expect(misfitsOf({ ...event, type: 'user.deleted' })).not.toEqual([])
    expect(misfitsOf({ ...event, type: 'user.renamed' })).not.toEqual([])
    expect(misfitsOf({ ...event, data: { ...event.data, type: 'king' } })).not.toEqual([])
  })

  test('has a schema of each event type', () => {
    const { discriminator } = Object(document.components.schemas.ProvisioningEvent)
    expect(Object.keys(discriminator.mapping)).toEqual(Object.keys(eventData))
    expect(v.is(eventData['user.created'], event.data)).toBe(true)
  })
})
