import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { rights, serverPermissions, servicePermissions } from '../shared/domain/access/permissions.ts'
import { userTypes } from '../shared/domain/entities/user-type.ts'
import { deliveryStatuses } from '../shared/provisioning/delivery.ts'
import { eventData } from '../shared/provisioning/event-types.ts'
import { reasons } from '../shared/reviews/model/recommend.ts'
import { itemStates } from '../shared/reviews/model/review-item.ts'
import { defaultPolicy } from '../shared/reviews/policy/review-policy.ts'
import { keys } from '../shared/table/keys.ts'
import { indexes } from '../shared/table/schema.ts'
import { differingVariables, rightsOn, unsaid, unsaidKeys } from './support/page-tables.ts'
import { root } from './support/tally.ts'

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const pageOf = (folder: string) => read(`${folder}/README.md`)
const sourcesOf = (pattern: string) => globSync(pattern, { cwd: root }).map(read).join('\n')

type Document = { components: { schemas: Record<string, { properties: { code: { enum: string[] } } }> } }
const { components }: Document = JSON.parse(read('functions/api/openapi.json'))
const codesOf = (schema: string) => components.schemas[schema]?.properties.code.enum ?? []

const placeholders = { 'server.<capability>': serverPermissions, '<service>.<level>': servicePermissions }

/** Of every function that makes a key, what it makes of texts that say nothing. */
const madeKeys = Object.values(keys).map((make) =>
  typeof make === 'function' ? Reflect.apply(make, undefined, ['x', 'x', 'x', 'x']) : make,
)

describe('the tables of the pages say what the code says', () => {
  test('rights, by permission and type', () => {
    const rows = [...rights].map(([name, row]): [string, string[]] => [
      name,
      userTypes.map((type) => row[type]),
    ])
    expect(rightsOn(pageOf('shared/domain'), placeholders)).toEqual(new Map(rows))
  })

  test('codes of decisions, denials in the order in which they apply', () => {
    const page = pageOf('shared/domain')
    const codes = codesOf('DecisionReason')
    expect(codes.length).toBeGreaterThan(10)
    expect(unsaid(page, codes)).toEqual([])
    const denials = codes.slice(codes.indexOf('unknown-action'))
    const [list = ''] = /^`unknown-action`[^]*?\n\n/m.exec(page) ?? []
    expect([...list.matchAll(/`([\w-]+)`/g)].map(([, code]) => code)).toEqual(denials)
  })

  test('codes of problems', () => {
    const codes = codesOf('Problem')
    expect(codes.length).toBeGreaterThan(10)
    expect(unsaid(pageOf('functions/api'), codes)).toEqual([])
  })

  test('keys and indexes', () => {
    const page = pageOf('shared/table')
    expect(madeKeys.length).toBeGreaterThan(20)
    expect(unsaidKeys(page, madeKeys)).toEqual([])
    const names = Object.values(indexes).map(({ name }) => name)
    expect(unsaid(page, names)).toEqual([])
  })

  test('event types and states of a delivery', () => {
    const page = pageOf('shared/provisioning')
    expect(unsaid(page, [...Object.keys(eventData), ...deliveryStatuses])).toEqual([])
  })

  test("states of a review's items, recommendations, fields of a policy", () => {
    const page = pageOf('shared/reviews')
    expect(unsaid(page, [...itemStates, ...reasons, ...Object.keys(defaultPolicy)])).toEqual([])
  })

  test('variables of OpenStack', () => {
    const sources = sourcesOf('{shared,functions}/openstack/**/*.ts')
    expect(differingVariables(pageOf('shared/openstack'), sources)).toEqual([])
  })
})

describe('goes red', () => {
  const page = `Has \`applied\` and \`waiting\`.

| permission | main-customer | customer-admin |
|---|---|---|
| \`a.read\` \`a.update\` | yes | no |
| \`<x>\` | granted | no |

| item | pk | sk |
|---|---|---|
| e-mail | \`C#<c>\` | \`EMAIL#<e>\` |

| variable | meaning |
|---|---|
| \`OS_USER_ID\`, \`OS_REGION\` | a user, a region |
`
  const emailKey = { pk: 'C#x', sk: 'EMAIL#x' }

  test('but not where all is well', () => {
    expect(unsaid(page, ['applied', 'waiting'])).toEqual([])
    expect(unsaidKeys(page, [emailKey, { pk: 'C#x', sk: 'x' }])).toEqual([])
    expect([...rightsOn(page, { '<x>': ['b', 'c'] })]).toEqual([
      ['a.read', ['yes', 'no']],
      ['a.update', ['yes', 'no']],
      ['b', ['granted', 'no']],
      ['c', ['granted', 'no']],
    ])
    expect(differingVariables(page, "'OS_USER' + '_ID', 'OS_REGION'")).toEqual([])
  })

  test.each([
    ['a name that is missing', unsaid(page, ['applied', 'Has']), ['Has']],
    ['a key that is missing', unsaidKeys(page, [emailKey, { pk: 'M#x', sk: 'MAILBOX' }]), ['M', 'MAILBOX']],
    ['a variable that no page has', differingVariables(page, 'OS_USER OS_REGION OS_IDP'), ['OS_IDP']],
    ['a variable that nothing reads', differingVariables(page, 'OS_USER'), ['OS_REGION']],
  ])('%s', (_, found, expected) => {
    expect(found).toEqual(expected)
  })
})
