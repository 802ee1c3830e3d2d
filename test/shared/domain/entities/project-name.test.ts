import * as v from 'valibot'
import { expect, test } from 'vitest'
import {
  isMainName,
  maxProjectName,
  ProjectName,
  projectNameKey,
  projectNameOf,
} from '../../../../shared/domain/entities/project.ts'

const customer = 'BGE000001'
const parse = (name: unknown) => v.safeParse(projectNameOf(customer), name)

test('with identifier and separator a name has at most the 64 characters of a Keystone name', () => {
  expect(maxProjectName(customer)).toBe(54)
  expect(`${customer}_${'x'.repeat(54)}`).toHaveLength(64)
})

test.each([
  ['web', 'web'],
  ['  web shop\t', 'web shop'],
  ['we\u0301b', 'w\u00e9b'],
  ['a/b.c_d-e', 'a/b.c_d-e'],
  ['x'.repeat(54), 'x'.repeat(54)],
  ['\u{1f309}'.repeat(54), '\u{1f309}'.repeat(54)],
  ['e\u0301'.repeat(54), '\u00e9'.repeat(54)],
  ['عربي', 'عربي'],
  ['prj_web', 'prj_web'],
  [`prj_${'0'.repeat(25)}`, `prj_${'0'.repeat(25)}`],
])('%j is the name %j', (written, name) => {
  expect(parse(written).output).toBe(name)
})

test.each(
  [
    ['', '   ', 'x'.repeat(55), '\u{1f309}'.repeat(55), 'a\nb', 'a\u0000', 'a\u0085b', 'a\u2028b'],
    ['a\ud83d', 'web\u200b', '\u202eweb', 'می\u200cخواهم', '\u2764\ufe0f', 7, null],
  ].flat(),
)('%j is no name', (written) => {
  expect(parse(written).success).toBe(false)
})

test.each(['prj_01JZ8G5X2M3N4P5Q6R7S8T9V0W', ' PRJ_01jz8g5x2m3n4p5q6r7s8t9v0w '])(
  '%j is no name, since a deleted project may be called so in Keystone',
  (written) => {
    for (const schema of [projectNameOf(customer), ProjectName])
      expect(v.safeParse(schema, written).issues?.map(({ message }) => message)).toEqual([
        'must not look like a project id',
      ])
  },
)

test.each(
  [
    ['web WEB', 'w\u00e9b WE\u0301B', 'straße STRASSE', 'ΟΔΟΣ οδοσ', 'ΟΔΟΣ οδος', '\u1e9e ß', 'Ꭰ ꭰ'],
    ['\u212a k', '\u01c4 \u01c6', 'Ω \u2126'],
  ].flat(),
)('%s are one name', (pair) => {
  expect(new Set(pair.split(' ').map(projectNameKey)).size).toBe(1)
})

test.each(['ı i', 'web web2'])('%s are two names', (pair) => {
  expect(new Set(pair.split(' ').map(projectNameKey)).size).toBe(2)
})

test('the key of a key is the key', () => {
  for (const name of ['İstanbul', 'ΟΔΟΣ', 'ﬀ', 'we\u0301b', 'J\u030c', '\u1e9e'])
    expect(projectNameKey(projectNameKey(name))).toBe(projectNameKey(name))
})

test('the name of the Main project is the identifier, in any case', () => {
  expect(isMainName(customer, customer)).toBe(true)
  expect(isMainName(customer, 'bge000001')).toBe(true)
  expect(isMainName(customer, 'main')).toBe(false)
  expect(isMainName(customer, `${customer}_web`)).toBe(false)
})

test('where the customer is not known yet a name may be as long as any can be', () => {
  expect(v.is(ProjectName, 'x'.repeat(maxProjectName('B')))).toBe(true)
  expect(v.is(ProjectName, 'x'.repeat(63))).toBe(false)
})
