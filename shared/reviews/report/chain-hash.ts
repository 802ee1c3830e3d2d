import { createHash } from 'node:crypto'
import type { PieceTemplate } from './format.ts'

/**
 * The hash of a piece of a report: of the hash before it (none before the header) and of the piece's bytes, line feed
 * included, without the hash itself.
 */
export function chainHash(
  previous: string,
  { before, after }: PieceTemplate,
  encoding: 'utf8' | 'latin1',
): string {
  const hash = createHash('sha256').update(previous).update(before, encoding).update(after, encoding)
  return `sha256-${hash.digest('base64url')}`
}
