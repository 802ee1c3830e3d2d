/**
 * What is compared where case doesn't count: texts are canonical caseless matches of each other (The Unicode Standard,
 * 3.13, D145) exactly if their keys are equal. In NFC; the key of a key is the key.
 */
export function caseFold(text: string): string {
  return Array.from(text.normalize('NFD'), foldedCharacter).join('').normalize('NFC')
}

/**
 * Full case folding (D144, CaseFolding.txt C and F) of one character, which is its lower case by way of the upper case
 * (ẞ becomes ß, SS, ss), but for the dotless ı, which isn't i, and Cherokee, which folds to its upper case.
 */
function foldedCharacter(character: string): string {
  if (character === '\u0131') return character
  if (/\p{Script=Cherokee}/u.test(character)) return character.toUpperCase()
  return character.toLowerCase().toUpperCase().toLowerCase()
}
