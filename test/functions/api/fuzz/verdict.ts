import { documentedRoutes as routes } from '../../../../infra/openapi/documented.ts'
import { createDocument } from '../../../../infra/openapi/document.ts'
import { createResponseValidator } from '../../../support/openapi-validator.ts'
import type { Draft } from './drafts.ts'
import type { Answer } from './send-in-process.ts'

const violationsOf = createResponseValidator(createDocument(routes))

/** What only somebody inside should ever see; the drafts don't say it. */
const internal: readonly RegExp[] = [
  /\n\s+at |\bat \S+ \(/,
  /node_modules|node:internal|file:\/\/|\.[mc]?[tj]s\b/,
  /\/(work|home|root|tmp|var|usr|opt|proc)\//,
  /\baws\b|amazon|dynamo|dynoxide|smithy|\bhono\b|valibot|undici|\bjose\b/i,
  /TransactionCancel|ConditionalCheck|ResourceNotFound|ProvisionedThroughput|TableName|expression/i,
  /\b[A-Z]#[A-Za-z0-9]|#EVENTS|\b(GRANT|PROJECT|SERVER|EMAIL|NAME|EVENT)#/,
  /\b[A-Z][a-z]\w*(Error|Exception)\b|\[object |\bundefined\b|\bNaN\b|\bError:/,
  /Cannot read|is not a function|is not iterable|Unexpected (token|end)|JSON at position/,
]

/** Everything that is wrong with an answer of the API. */
export function wrongWith(draft: Draft, method: string, answer: Answer): string[] {
  const { status, headers, text, url } = answer
  const wrong = violationsOf({ method, path: url, status, headers, text })
  if (status >= 500) wrong.push(`it is answered with ${status}`)
  if (draft.isMisfit && status < 300) wrong.push('the document says that there is no such request')
  if (!headers.has('x-request-id')) wrong.push('it has no request id')
  // The document tells what the words mean.
  if (draft.operation !== 'readOpenApi') wrong.push(...leaksIn(`${text}\n${headers.get('location')}`))
  return wrong
}

/** Everything that is wrong where HTTP itself wasn't kept and nobody asked the API: a status, and not a word more. */
export function wrongBefore({ status, headers, text }: Omit<Answer, 'url'>): string[] {
  const more = [...headers.keys()].filter((name) => !silent.includes(name))
  return [
    ...([400, 413, 417, 431].includes(status) ? [] : [`${status} without the API`]),
    ...more.map((name) => `the header ${name} without the API`),
    ...(text === '' ? [] : [`a text without the API: ${text}`]),
  ]
}

const silent = ['date', 'connection', 'content-length', 'transfer-encoding']

function leaksIn(text: string): string[] {
  return internal.flatMap((pattern) => {
    const { index, 0: found = '' } = pattern.exec(text) ?? { index: -1 }
    return index < 0
      ? []
      : [`internal text: … ${text.slice(Math.max(0, index - 60), index + found.length + 60)} …`]
  })
}
