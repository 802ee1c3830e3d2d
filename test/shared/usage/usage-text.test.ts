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

test.each([
  ['ACM000001', ''],
  ['ACM000001', 'usr_1 project/prj_1'],
  ['ACM000001', 'usr_1 project/prj_1 write'],
  ['ACM000001', 'usr_1 customer/prj_1 read'],
  ['ACM000001', 'usr_1 project/ read'],
  ['ACM000001', 'usr#1 project/prj_1 read'],
  ['ACM000001', 'usr_1 server/a#b read'],
  ['ACM000001', 'usr_1 project/prj_1 read more'],
  ['ACM#U', 'usr_1 project/prj_1 read'],
])('for %s, "%s" is no usage', (customerId, text) => {
  expect(parseUsage(customerId, text)).toBeUndefined()
})
