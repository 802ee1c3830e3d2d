import { canonical } from './lines.ts'

/**
 * What a dry run shows and what an event lists, as texts that are equal if both say the same: but for ids that are made
 * at commit, the ids of reviews, versions and origins, which the API doesn't show, and zeros at the end of times.
 */
export function comparable(changes: unknown, known: ReadonlySet<string>): string {
  return canonical(changes)
    .replace(/,"version":\d+/g, '')
    .replace(/,"origin":\{[^{}]*\}/g, '')
    .replace(/"id":"[0-9A-Z]{26}"/g, '"id":"a review"')
    .replace(/(\.\d{3})000000Z/g, '$1Z')
    .replace(/\b(usr|prj)_[0-9A-Z]{26}\b/g, (id, kind: string) => (known.has(id) ? id : `${kind}_new`))
}
