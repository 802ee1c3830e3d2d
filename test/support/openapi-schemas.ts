import formats from 'ajv-formats'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { OpenApiDocument } from '../../infra/openapi/document.ts'

/** By JSON Pointer into the document: what of a value doesn't fit the schema that is there. */
export type Misfits = (pointer: string, value: unknown) => string[]

/** The form that answers have times in: the document leaves it at the format, as generators need it. */
const momentPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(\d{6})?Z$/

/** Each schema is compiled when it's first needed. */
export function createSchemas(document: OpenApiDocument): Misfits {
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false })
  formats.default(ajv)
  ajv.addFormat('idn-email', /^.+@.+$/)
  ajv.addFormat('date-time', (text) => momentPattern.test(text) && !Number.isNaN(Date.parse(text)))
  ajv.addVocabulary([...Object.keys(document), 'discriminator'])
  ajv.addSchema(document, 'document')
  return (pointer, value) => {
    const fits = ajv.getSchema(`document#${pointer}`)
    if (!fits) throw new Error(`there is no schema at ${pointer}`)
    if (fits(value)) return []
    return (fits.errors ?? []).map(({ instancePath, message, params }) => {
      const name: unknown = params.additionalProperty
      return `${instancePath || 'it'} ${message}${typeof name === 'string' ? ` (${name})` : ''}`
    })
  }
}

/** RFC 6901, as a fragment. */
export const pointerTo = (...names: string[]) =>
  names.map((name) => `/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')
