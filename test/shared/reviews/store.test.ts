import { expect, test } from 'vitest'
import type { Evidence } from '../../../shared/reviews/model/recommend.ts'
import { asEvidence, storedEvidence } from '../../../shared/reviews/store.ts'

const known = { asOf: '2026-11-27', knownSince: '2026-01-31', heldFrom: '2026-02-01', loginLinked: false }

test.each<[string, Evidence]>([
  ['nothing but the grant', known],
  ['one level', { ...known, lastUse: { operate: '2026-11-20' } }],
  ['levels with a gap', { ...known, lastUse: { read: '2026-11-19', manage: '2026-11-20' } }],
  ['elsewhere only', { ...known, elsewhere: '2026-11-18', loginLinked: true }],
  [
    'everything',
    {
      ...known,
      elsewhere: '2026-11-18',
      lastUse: { read: '2026-1-1', operate: '2026-1-2', manage: '2026-1-3' },
    },
  ],
])('evidence is read back unchanged: %s', (_name, evidence) => {
  expect(asEvidence(storedEvidence(evidence))).toEqual(evidence)
})
