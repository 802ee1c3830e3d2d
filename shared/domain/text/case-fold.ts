import { lazyPattern } from './lazy-pattern.ts'

/**
 * The key for comparison without case: texts are canonical caseless matches of each other (The Unicode Standard,
 * 3.13, D145) exactly if their keys are equal. In NFC; the key of a key is the key.
 */
export function caseFold(text: string): string {
  return Array.from(text.normalize('NFD'), foldedCharacter).join('').normalize('NFC')
}

const cherokee = lazyPattern(String.raw`\p{Script=Cherokee}`, 'u')

/**
 * Full case folding (D144, CaseFolding.txt C and F) of one character: the lower case of its upper case (ẞ becomes ß,
 * SS, ss), except for the dotless ı, which isn't i, and Cherokee, which folds to upper case.
 */
function foldedCharacter(character: string): string {
  if (character === '\u0131') return character
  if (cherokee().test(character)) return character.toUpperCase()
  return character.toLowerCase().toUpperCase().toLowerCase()
}
