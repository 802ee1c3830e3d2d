import type { VerificationResult } from '../../../shared/reviews/report/verify-report.ts'

/** The result of a verification, in one line for the terminal. */
export function describeVerification(verdict: VerificationResult): string {
  if (verdict.ok) {
    const { records, iat, reviewId, customerId } = verdict.signed
    const day = new Date(iat * 1000).toISOString().slice(0, 10)
    const about = `review ${plain(reviewId)} of ${plain(customerId)}`
    return `${counted(records)}, unaltered, signed by ${verdict.keyId} on ${day}: ${about}`
  }
  if (verdict.problem === 'altered') return `${verdict.altered} was altered`
  if (verdict.problem === 'miscounted')
    return `${counted(verdict.records)}, but ${counted(verdict.signed)} when it was signed`
  return verdict.problem === 'untrusted'
    ? `signed by a key that is not trusted here: ${plain(verdict.keyId)}`
    : problems[verdict.problem]
}

const problems = {
  empty: 'empty',
  'not-a-report': 'not a report',
  'cut-off': 'cut off before its end',
  continued: 'something follows its end',
}

const counted = (records: number) => `${records} record${records === 1 ? '' : 's'}`

/** Text from an untrusted file, without control characters of terminals. */
const plain = (text: string) => text.replaceAll(/[^\w-]/g, '?').slice(0, 64)
