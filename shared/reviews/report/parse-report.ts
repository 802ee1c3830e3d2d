import { chainHash } from './chain-hash.ts'
import type { ReportFormat, ReportGrammar } from './format.ts'
import { reportWriters } from './formats.ts'

/** A file whose chain of hashes is right; its signature isn't verified yet. */
type ParsedReport = { records: number; chain: string; jws: string }

export type ReportError =
  /** The first piece that doesn't match its hash: `the header`, `record 17 (usr_… project prj_…)`, `the signature`. */
  | { problem: 'altered'; altered: string }
  /** `continued`: there is text after the signature. */
  | { problem: 'empty' | 'not-a-report' | 'cut-off' | 'continued' }

export const altered = (what: string): ReportError => ({ problem: 'altered', altered: what })

/** Recognises a report by its beginning or its end, so that one changed byte never makes it no report. */
export function formatOf(file: Buffer): ReportFormat | undefined {
  return (['json', 'csv'] as const).find((format) => {
    const beginning = Buffer.from(reportWriters[format].grammar.beginning).subarray(0, file.length)
    return file.indexOf(beginning) === 0 || hasSignature(file, format)
  })
}

/** Checks the chain of hashes, byte for byte without interpreting them, up to the signature or the first error. */
export function parseReport(file: Buffer, format: ReportFormat): ParsedReport | ReportError {
  const { grammar } = reportWriters[format]
  let at = endOfHeader(file, grammar)
  let chain = hashOf(file.toString('latin1', 0, at), grammar.header, '')
  if (chain === undefined) return hasSignature(file, format) ? altered('the header') : { problem: 'cut-off' }
  for (let records = 0; ; records++) {
    const line = file.toString('latin1', at, endOfLine(file, at))
    const jws = grammar.signature.exec(line)?.[2]
    if (jws !== undefined)
      return at + line.length < file.length ? { problem: 'continued' } : { records, chain, jws }
    const next = hashOf(line, grammar.record, chain)
    if (next === undefined) return reportErrorOf(line, { records, format, rest: file.subarray(at) })
    chain = next
    at += line.length
  }
}

/** Returns the hash in a piece; undefined unless it is right. */
function hashOf(piece: string, pattern: RegExp, previous: string): string | undefined {
  const [, before = '', stated, after = ''] = pattern.exec(piece) ?? []
  return stated === chainHash(previous, { before, after }, 'latin1') ? stated : undefined
}

type Place = { records: number; format: ReportFormat; rest: Buffer }

/** Returns the error of the first line that is neither the expected record nor the signature. */
function reportErrorOf(line: string, { records, format, rest }: Place): ReportError {
  const { grammar } = reportWriters[format]
  const isWhole = line.endsWith('\n') || grammar.signature.test(`${line.slice(0, -1)}\n`)
  if (!isWhole) return { problem: 'cut-off' }
  // After a record, a further hash or a signature follows: with neither, the line is the signature.
  if (!rest.includes('sha256-') && !hasSignature(rest, format)) return altered('the signature')
  const words = (grammar.name.exec(line) ?? []).slice(1).filter((word) => word !== undefined)
  return altered(`record ${records + 1}${words.length > 0 ? ` (${words.join(' ')})` : ''}`)
}

/** True if a later line begins like a signature. */
function hasSignature(file: Buffer, format: ReportFormat): boolean {
  return file.includes(`\n${reportWriters[format].signature.before}eyJ`)
}

function endOfHeader(file: Buffer, grammar: ReportGrammar): number {
  const before = file.indexOf(grammar.endOfHeader)
  return before < 0 ? file.length : endOfLine(file, before + grammar.endOfHeader.length)
}

/** Position after the line feed, or the end of the file. */
function endOfLine(file: Buffer, at: number): number {
  const feed = file.indexOf('\n', at)
  return feed < 0 ? file.length : feed + 1
}
