import type { ReportLayout } from './report.ts'
import { hash, jws, word } from './report-marks.ts'

const namedWord = `"(?!chain")\\w+":"(${word})"`

/** One JSON document: the header on a line, a record a line, and the signature on one. */
export const jsonLayout: ReportLayout = {
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
