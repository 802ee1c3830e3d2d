/** A hash of the chain. The prefix says what it is, and no spreadsheet takes it for a formula. */
export const hash = 'sha256-[\\w-]{43}'

/** A compact JWS (RFC 7515, section 7.1) whose signature has the 64 bytes of Ed25519. */
export const jws = '[\\w-]+\\.[\\w-]+\\.[\\w-]{86}'

/** What can be repeated at a terminal. */
export const word = '[\\w.@:-]{1,128}'

/** What a report can say of one thing. */
export type ReportValue = string | number | boolean | readonly string[] | object | undefined

/** Everything about a review as a whole. */
export type ReportHeader = { readonly customerId: string; readonly reviewId: string } & {
  readonly [name: string]: ReportValue
}

/** What is absent is an empty cell, or no field. */
export type ReportRecord = { readonly [column: string]: ReportValue }

export type ReportFormat = 'json' | 'csv'

/** A piece of the file as it is written, but for what stands between the two: a hash, or the signature. */
export type PieceTemplate = { before: string; after: string }

/**
 * How a report is written, byte for byte. There is nothing in a file but a header, records and a signature; a record and
 * the signature are a line each, and every piece ends with its line feed.
 */
export type ReportWriter = {
  header: (header: ReportHeader, columns: readonly string[]) => PieceTemplate
  /** `index` counts from 0. */
  record: (record: ReportRecord, columns: readonly string[], index: number) => PieceTemplate
  signature: PieceTemplate
  marks: ReportGrammar
}

/**
 * What the pieces are told by when a file is read, its bytes as Latin-1. The expressions have three groups: the two
 * parts of what is `Gapped`, and between them what fills it.
 */
export type ReportGrammar = {
  /** Every file begins with it. */
  beginning: string
  /** The header ends with the first line that ends after it. */
  endOfHeader: string
  header: RegExp
  record: RegExp
  signature: RegExp
  /** Its groups are the values of a record's first columns, three at most, as far as they are single words. */
  name: RegExp
}

/** What is signed: the last hash of the chain stands for everything before it. */
export type ReportSummary = {
  customerId: string
  reviewId: string
  format: ReportFormat
  records: number
  chain: string
}
