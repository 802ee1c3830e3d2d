import { createHash } from 'node:crypto'
import type { PieceTemplate } from './format.ts'

/**
 * Hashes a piece of a report: the hash of the piece before it (none before the header), then the piece's bytes, with line
 * feed and without its own hash.
 */
export function chainHash(
  previous: string,
  { before, after }: PieceTemplate,
  encoding: 'utf8' | 'latin1',
): string {
  const hash = createHash('sha256').update(previous).update(before, encoding).update(after, encoding)
  return `sha256-${hash.digest('base64url')}`
}
