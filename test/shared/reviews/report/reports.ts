import { generateKeyPairSync } from 'node:crypto'
import type { JWK } from 'jose'
import type { ReportFormat, ReportRecord } from '../../../../shared/reviews/report/format.ts'
import { createReportSigner } from '../../../../shared/reviews/report/signature.ts'
import { publicJwks } from '../../../../shared/reviews/report/signing-key.ts'
import { writeReport, type Report } from '../../../../shared/reviews/report/write-report.ts'

export const signedAt = new Date('2026-11-27T08:00:00Z')

export const newKey = (): JWK => generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })

export const key = newKey()
export const trusted = await publicJwks([key])
export const sign = createReportSigner(key, () => signedAt)

export const header = {
  customerId: 'ETC000005',
  reviewId: '01KB0000000000000000000000',
  policy: { months: 3, reviewers: ['admins', 'holders'] },
  reminders: [{ to: 'ann@example.com', at: '2026-11-20T08:00:00Z' }, { to: 'bob@example.com' }],
}
export const columns = ['userId', 'kind', 'resourceId', 'name', 'roles', 'verified']

/** Three records whose bytes are all different. */
export const records: ReportRecord[] = [
  {
    userId: 'usr_A',
    kind: 'project',
    resourceId: 'prj_1',
    name: 'Zoë, "Z"',
    roles: ['full'],
    verified: true,
  },
  { userId: 'usr_B', kind: 'server', resourceId: 'vps-1', name: '=cmd|x', roles: [], verified: false },
  { userId: 'usr_C', kind: 'project', resourceId: 'prj_2', name: 'Bob', roles: ['a', 'b'] },
]
export const names = ['usr_A project prj_1', 'usr_B server vps-1', 'usr_C project prj_2']

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield item
}

/** A whole file, by default of the above. */
export async function render(
  format: ReportFormat,
  differing: Partial<Omit<Report, 'records' | 'format'>> & { records?: readonly ReportRecord[] } = {},
): Promise<Buffer> {
  const of = { header, columns, sign, ...differing }
  const pieces = writeReport({ ...of, records: each(differing.records ?? records), format })
  let file = ''
  for await (const piece of pieces) file += piece
  return Buffer.from(file)
}

/** All lines with their line feeds, as bytes. */
export function linesOf(file: Buffer): Buffer[] {
  return file
    .toString('latin1')
    .split(/(?<=\n)/)
    .map((line) => Buffer.from(line, 'latin1'))
}
