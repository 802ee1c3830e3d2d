import { expect, test } from 'vitest'
import { levels } from '../../../shared/domain/entities/role.ts'
import { parseUsage, type Usage, usageText } from '../../../shared/usage/usage.ts'

const uses = (['project', 'server'] as const).flatMap((kind) =>
  levels.map(
    (level): Usage => ({
      customerId: 'ACM000001',
      userId: 'usr_01JD',
      resource: { kind, id: kind === 'project' ? 'prj_01JD' : 'Vps-1.acme_2' },
      level,
    }),
  ),
)

test.each(uses.map((use) => [usageText(use), use]))('%s is read as it was written', (text, use) => {
  expect(parseUsage('ACM000001', text)).toEqual(use)
})

test.each(
  [
    [
      '',
      'usr_1 project/prj_1',
      'usr_1 project/prj_1 write',
      'usr_1 customer/prj_1 read',
      'usr_1 project/ read',
    ],
    ['usr#1 project/prj_1 read', 'usr_1 server/a#b read', 'usr_1 project/prj_1 read more'],
  ].flat(),
)('"%s" is no usage', (text) => {
  expect(parseUsage('ACM000001', text)).toBeUndefined()
})

test('an odd customer has no usage', () => {
  expect(parseUsage('ACM#U', 'usr_1 project/prj_1 read')).toBeUndefined()
})
