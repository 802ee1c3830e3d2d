/** Pattern of a hash of the chain. The prefix names the algorithm, and keeps spreadsheets from reading a formula. */
export const hash = 'sha256-[\\w-]{43}'

/** Pattern of a compact JWS (RFC 7515, section 7.1) with an Ed25519 signature, of 64 bytes. */
export const jws = '[\\w-]+\\.[\\w-]+\\.[\\w-]{86}'

/** Pattern of a value that is safe to print at a terminal. */
export const word = '[\\w.@:-]{1,128}'

/** Value of a field or cell; undefined: no field, an empty cell. */
export type ReportValue = string | number | boolean | readonly string[] | object | undefined

/** Fields of the review as a whole. */
export type ReportHeader = { readonly customerId: string; readonly reviewId: string } & {
  readonly [name: string]: ReportValue
}

/** Fields of one item. */
export type ReportRecord = { readonly [column: string]: ReportValue }

export type ReportFormat = 'json' | 'csv'

/** A piece of the file, around its hash or signature. */
export type PieceTemplate = { before: string; after: string }

/**
 * Writes a report byte for byte. A file is a header, records and a signature, nothing else. A record and the signature are a
 * line each; every piece ends with a line feed.
 */
export type ReportWriter = {
  header: (header: ReportHeader, columns: readonly string[]) => PieceTemplate
  /** `index` counts from 0. */
  record: (record: ReportRecord, columns: readonly string[], index: number) => PieceTemplate
  signature: PieceTemplate
  grammar: ReportGrammar
}

/**
 * Patterns of the pieces of a file, read as Latin-1. Those of pieces have three groups: `before` and `after` of the template,
 * and between them the hash or signature.
 */
export type ReportGrammar = {
  /** Start of every file. */
  beginning: string
  /** The header ends with the line after this text. */
  endOfHeader: string
  header: RegExp
  record: RegExp
  signature: RegExp
  /** Its groups are a record's first columns, up to three, as far as each is a `word`. */
  name: RegExp
}

/** The signed summary: the last hash of the chain covers all pieces. */
export type ReportSummary = {
  customerId: string
  reviewId: string
  format: ReportFormat
  records: number
  chain: string
}
