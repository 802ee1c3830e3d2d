import type { Answer } from '../../infra/openapi/answer.ts'
import type { OpenApiDocument } from '../../infra/openapi/document.ts'
import { pointerTo } from './openapi-schemas.ts'

export type Reference = { $ref: string }
export type Operation = { parameters: object[]; responses: Record<string, Answer | Reference> }
/** An operation and where in the document it is. */
export type Place = { path: string; operation: Operation; pointer: string }

/** Which operation a request means, if any: names before parameters, and decoded like the router does it. */
export function createRouter({ paths }: OpenApiDocument) {
  const templates = Object.entries(paths)
    .map(([path, operations]) => ({ path, segments: path.split('/'), operations }))
    .toSorted((a, b) => parametersIn(a.path) - parametersIn(b.path))
  return (method: string, asked: string): Place | undefined => {
    const segments = decoded(asked).split('/')
    const name = method.toLowerCase() === 'head' ? 'get' : method.toLowerCase()
    for (const { path, segments: template, operations } of templates) {
      const operation = operations[name]
      if (operation && isLike(segments, template)) {
        return { path, operation, pointer: pointerTo('paths', path, name) }
      }
    }
    return undefined
  }
}

/** Of a URL or its path and query: the path, as it was written. */
export const pathOf = (url: string) => url.replace(/^https?:\/\/[^/]*/, '').replace(/[?#].*$/, '')

const parametersIn = (path: string) => path.split('{').length

function isLike(segments: readonly string[], template: readonly string[]): boolean {
  return (
    segments.length === template.length &&
    template.every((name, place) =>
      name.startsWith('{') ? segments[place] !== '' : segments[place] === name,
    )
  )
}

function decoded(path: string): string {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}
