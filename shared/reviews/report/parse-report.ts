import { chainHash } from './chain-hash.ts'
import type { ReportFormat, ReportGrammar } from './format.ts'
import { reportWriters } from './formats.ts'

/** How many records a file has, its last hash, and the signature, which nobody has looked at yet. */
export type ParsedReport = { records: number; chain: string; jws: string }

export type ReportError =
  /** The first piece that isn't what its hash says: `the header`, `record 17 (usr_… project prj_…)`, `the signature`. */
  | { problem: 'altered'; altered: string }
  /** `continued`: something comes after the signature. */
  | { problem: 'empty' | 'not-a-report' | 'cut-off' | 'continued' }

export const altered = (what: string): ReportError => ({ problem: 'altered', altered: what })

/** Told by its beginning or by its end, so that a report is told to be one wherever a byte of it was changed. */
export function formatOf(file: Buffer): ReportFormat | undefined {
  return (['json', 'csv'] as const).find((format) => {
    const beginning = Buffer.from(reportWriters[format].marks.beginning).subarray(0, file.length)
    return file.indexOf(beginning) === 0 || hasSignature(file, format)
  })
}

/** Goes along the chain of hashes, on the very bytes and not on what they mean, to the signature or the first flaw. */
export function parseReport(file: Buffer, format: ReportFormat): ParsedReport | ReportError {
  const { marks } = reportWriters[format]
  let at = endOfHeader(file, marks)
  let chain = hashOf(file.toString('latin1', 0, at), marks.header, '')
  if (chain === undefined) return hasSignature(file, format) ? altered('the header') : { problem: 'cut-off' }
  for (let records = 0; ; records++) {
    const line = file.toString('latin1', at, endOfLine(file, at))
    const jws = marks.signature.exec(line)?.[2]
    if (jws !== undefined)
      return at + line.length < file.length ? { problem: 'continued' } : { records, chain, jws }
    const next = hashOf(line, marks.record, chain)
    if (next === undefined) return reportErrorOf(line, { records, format, rest: file.subarray(at) })
    chain = next
    at += line.length
  }
}

/** The hash that a piece tells; undefined unless it is the right one. */
function hashOf(piece: string, pattern: RegExp, previous: string): string | undefined {
  const [, before = '', told, after = ''] = pattern.exec(piece) ?? []
  return told === chainHash(previous, { before, after }, 'latin1') ? told : undefined
}

type Place = { records: number; format: ReportFormat; rest: Buffer }

/** What is wrong with the first line that is neither the record that belongs here nor a signature. */
function reportErrorOf(line: string, { records, format, rest }: Place): ReportError {
  const { marks } = reportWriters[format]
  const isWhole = line.endsWith('\n') || marks.signature.test(`${line.slice(0, -1)}\n`)
  if (!isWhole) return { problem: 'cut-off' }
  // One of both is there if this is a record, whichever of its bytes was changed.
  if (!rest.includes('sha256-') && !hasSignature(rest, format)) return altered('the signature')
  const words = (marks.name.exec(line) ?? []).slice(1).filter((word) => word !== undefined)
  return altered(`record ${records + 1}${words.length > 0 ? ` (${words.join(' ')})` : ''}`)
}

/** Whether a later line begins as a signature does. */
function hasSignature(file: Buffer, format: ReportFormat): boolean {
  return file.includes(`\n${reportWriters[format].signature.before}eyJ`)
}

function endOfHeader(file: Buffer, marks: ReportGrammar): number {
  const before = file.indexOf(marks.endOfHeader)
  return before < 0 ? file.length : endOfLine(file, before + marks.endOfHeader.length)
}

/** After its line feed, or at the end of the file. */
function endOfLine(file: Buffer, at: number): number {
  const feed = file.indexOf('\n', at)
  return feed < 0 ? file.length : feed + 1
}
