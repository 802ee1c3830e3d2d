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
 * RFC 4180, for spreadsheets: rows of a name and a value tell the header, then come an empty row, the names of the
 * columns, a row for each record, and the signature.
 */
export const csvWriter: ReportWriter = {
  header: (header, columns) => ({
    before: [...rowsOf(header).map((row) => `${rowOf(row)}\r\n`), 'chain,'].join(''),
    after: `\r\n\r\n${rowOf([...columns, 'chain'])}\r\n`,
  }),
  record: (record, columns) => ({
    before: [...columns.map((column) => cellOf(record[column])), ''].join(),
    after: '\r\n',
  }),
  signature: { before: 'signature,', after: '\r\n' },
  marks: {
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

/** What an object or a list holds gets rows of its own, `policy.months`, `reminders.1.at`; an empty one has one without a value. */
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
 * Where a spreadsheet may run something (OWASP, CSV injection), the wide characters of Japanese ones too: at the beginning of
 * a cell, and of what is one where cells end with a semicolon, as they do where decimals have a comma.
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

/** One JSON document: the header on a line, a record a line, and the signature on one. */
export const jsonWriter: ReportWriter = {
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
  marks: {
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
