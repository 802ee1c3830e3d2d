import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { caseFold } from '../../../../shared/domain/text/case-fold.ts'

const data = join(import.meta.dirname, '../../../data/case-folding.txt')
const textOf = (codes: string) =>
  String.fromCodePoint(...codes.split(' ').map((code) => Number.parseInt(code, 16)))
const lines = readFileSync(data, 'utf8').split('\n')
const foldings = new Map(
  lines
    .map((line) => /^([0-9A-F]+); [CF]; ([0-9A-F ]+)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, from = '', to = '']) => [textOf(from), textOf(to)]),
)

/** Whatever a case mapping or a decomposition could change. */
function* everyChangingCharacter(): Generator<string> {
  const changing =
    /[\p{Changes_When_Casemapped}\p{Changes_When_Casefolded}\p{Changes_When_NFKC_Casefolded}\p{M}]/u
  for (let code = 0; code <= 0x10_ff_ff; code++) {
    const character = String.fromCodePoint(code)
    if (changing.test(character) || foldings.has(character)) yield character
  }
}

/** D145 by the data of Unicode: NFD(toCasefold(NFD(X))). */
const canonicalCaseless = (text: string) =>
  Array.from(text.normalize('NFD'), (character) => foldings.get(character) ?? character)
    .join('')
    .normalize('NFD')

test('every character folds as in CaseFolding.txt, and the key of a key is the key', () => {
  expect(foldings.size).toBe(1585)
  const others: string[] = []
  for (const character of everyChangingCharacter()) {
    const key = caseFold(character)
    if (key.normalize('NFD') !== canonicalCaseless(character) || caseFold(key) !== key) others.push(character)
  }
  expect(others).toEqual([])
})

test.each([
  ['ΟΔΟΣ', 'οδοσ'],
  ['ΟΔΟΣ', 'οδος'],
  ['straße', 'STRASSE'],
  ['STRAẞE', 'strasse'],
  ['\u212aelvin', 'kelvin'],
  ['Ω', '\u2126'],
  ['Ꭰ', 'ꭰ'],
  ['ﬃ', 'FFI'],
  ['İ', 'i\u0307'],
  ['\u01c4', '\u01c6'],
  ['wéb', 'WE\u0301B'],
  ['ᾳ', 'ΑΙ'],
  ['\u0345', 'ι'],
  ['ſ', 'S'],
])('%s and %s are the same', (one, other) => {
  expect(caseFold(one)).toBe(caseFold(other))
})

test.each([
  ['ı', 'i'],
  ['ı', 'I'],
  ['İ', 'i'],
  ['cafe', 'café'],
  ['ＢＧＥ', 'BGE'],
  ['web', 'web2'],
])('%s and %s are not', (one, other) => {
  expect(caseFold(one)).not.toBe(caseFold(other))
})
