import {
  hash,
  jws,
  type ReportFormat,
  type ReportHeader,
  type ReportWriter,
  type ReportValue,
  word,
} from './format.ts'

/**
 * CSV (RFC 4180) for spreadsheets: the header as rows of name and value, an empty row, the names of the columns, a row a
 * record, and the signature.
 */
const csvWriter: ReportWriter = {
  header: (header, columns) => ({
    before: [...rowsOf(header).map((row) => `${rowOf(row)}\r\n`), 'chain,'].join(''),
    after: `\r\n\r\n${rowOf([...columns, 'chain'])}\r\n`,
  }),
  record: (record, columns) => ({
    before: [...columns.map((column) => cellOf(record[column])), ''].join(),
    after: '\r\n',
  }),
  signature: { before: 'signature,', after: '\r\n' },
  grammar: {
    beginning: 'Latchkey report,',
    endOfHeader: '\r\n\r\n',
    header: new RegExp(`^(Latchkey report,1\\r\\n.*\\r\\nchain,)(${hash})(\\r\\n\\r\\n[^\\n]*\\r\\n)$`, 's'),
    record: new RegExp(`^(.*,)(${hash})(\\r\\n)$`, 's'),
    signature: new RegExp(`^(signature,)(${jws})(\\r\\n)$`),
    name: new RegExp(`^(${word})(?:,(${word}))?(?:,(${word}))?,`),
  },
}

type Row = readonly ReportValue[]

const rowOf = (row: Row): string => row.map(cellOf).join()

function rowsOf(header: ReportHeader): Row[] {
  return [
    ['Latchkey report', 1],
    ...Object.entries(header).flatMap(([name, value]) => flattened(name, value)),
  ]
}

/** Flattens an object or list into a row a value, `policy.months`, `reminders.1.at`; an empty one is a row without a value. */
function flattened(name: string, value: unknown): Row[] {
  if (value === undefined || value === null) return []
  if (typeof value !== 'object' || isListOfTexts(value)) return [[name, textOf(value)]]
  if (Object.keys(value).length === 0) return [[name, '']]
  const inner = Array.isArray(value) ? value.map((each, index) => [index + 1, each]) : Object.entries(value)
  return inner.flatMap(([key, each]) => flattened(`${name}.${key}`, each))
}

function cellOf(value: ReportValue): string {
  const text = textOf(value).replaceAll(lineBreaks, ' ')
  const safe = text.replaceAll(formula, "$1'")
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const lineBreaks = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g
/**
 * Text that a spreadsheet may run as a formula (OWASP, CSV injection), full-width characters included: at the beginning of a
 * cell, and after a semicolon, which separates cells in locales with a decimal comma.
 */
const formula = /(^|;)(?=\t|\s*[=+\-@＝＋－＠])/g

function textOf(value: unknown): string {
  if (value === undefined) return ''
  if (isListOfTexts(value)) return value.join('; ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const isListOfTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string')

const namedWord = `"(?!chain")\\w+":"(${word})"`

/** One JSON document, with a line each for the header, every record and the signature. */
const jsonWriter: ReportWriter = {
  header: (header) => ({
    before: `{"report":${JSON.stringify(header)},"chain":"`,
    after: '","records":[\n',
  }),
  record(record, columns, index) {
    const fields = columns.flatMap((column) => {
      const value = JSON.stringify(record[column])
      return value === undefined ? [] : [`${JSON.stringify(column)}:${value}`]
    })
    return { before: `${index === 0 ? '' : ','}{${[...fields, '"chain":"'].join()}`, after: '"}\n' }
  },
  signature: { before: '],"signature":"', after: '"}\n' },
  grammar: {
    beginning: '{"report":',
    endOfHeader: '',
    header: new RegExp(`^(\\{"report":.*,"chain":")(${hash})(","records":\\[\\n)$`, 's'),
    record: new RegExp(`^(,?\\{.*"chain":")(${hash})("\\}\\n)$`, 's'),
    signature: new RegExp(`^(\\],"signature":")(${jws})("\\}\\n)$`),
    name: new RegExp(`^,?\\{${namedWord}(?:,${namedWord})?(?:,${namedWord})?`),
  },
}

export const reportWriters: Readonly<Record<ReportFormat, ReportWriter>> = {
  json: jsonWriter,
  csv: csvWriter,
}
