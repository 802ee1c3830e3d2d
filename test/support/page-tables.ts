import { codeIn, rowsOf } from './readme.ts'

/** Names that a page doesn't have in code, each by itself. */
export function unsaid(page: string, names: Iterable<string>): string[] {
  const said = new Set(codeIn(page).flatMap((code) => code.split(/[\s;]+/)))
  return [...names].filter((name) => !said.has(name))
}

/** Words in capitals of keys, `EMAIL` of `EMAIL#x`, that no key in a page's table has. */
export function unsaidKeys(page: string, keys: Iterable<{ pk: string; sk: string }>): string[] {
  const said = new Set(
    rowsOf(page, 'item').flatMap((row) => codeIn(row.slice(1).join(' ')).flatMap((key) => key.split('#'))),
  )
  return [...keys].flatMap(({ pk, sk }) => [...wordsOf(pk), ...wordsOf(sk)]).filter((word) => !said.has(word))
}

const wordsOf = (key: string) => key.split('#').filter((part) => /^[A-Z][A-Z-]*$/.test(part))

/** The rights table of a page: what each type has of each permission, in the order of the columns. */
export function rightsOn(
  page: string,
  placeholders: Record<string, readonly string[]>,
): Map<string, string[]> {
  return new Map(
    rowsOf(page, 'permission').flatMap(([first = '', ...rights]) =>
      codeIn(first)
        .flatMap((name) => placeholders[name] ?? [name])
        .map((name): [string, string[]] => [name, rights]),
    ),
  )
}

/**
 * Variables that the sources name and a page doesn't, and the other way round. Sources put some together:
 * `OS_USER_DOMAIN` and `_ID`.
 */
export function differingVariables(page: string, sources: string): string[] {
  const [said, read] = [variablesIn(rowsOf(page, 'variable').flat().join(' ')), variablesIn(sources)]
  return [
    ...[...read].filter((name) => ![...said].some((each) => begins(each, name))),
    ...[...said].filter((name) => ![...read].some((each) => begins(name, each))),
  ]
}

const variablesIn = (text: string) => new Set(text.match(/\bOS_[A-Z_]*[A-Z]\b/g))
const begins = (whole: string, part: string) => whole === part || whole.startsWith(`${part}_`)
