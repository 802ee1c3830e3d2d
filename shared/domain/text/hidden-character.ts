import { lazyPattern } from './lazy-pattern.ts'

/**
 * Characters that make two texts differ that look the same, or one look like another: control characters, line and
 * paragraph separators, Bidi_Control, Default_Ignorable_Code_Point (UAX #44), interlinear annotations and the blank
 * Braille pattern; also unassigned code points, whose look, folding and composition nobody knows.
 */
const hidden = lazyPattern(
  String.raw`[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\p{Cn}\p{Co}\ufff9-\ufffb\u2800]`,
  'u',
)

/** Hidden characters that are allowed where a text can't be written without them. */
export type Joiners = 'none' | 'letters' | 'emoji'

/** U+200C and U+200D between letters, as Persian and Hindi need them. */
const joinLetters = lazyPattern(String.raw`(?<=[\p{L}\p{M}])[\u200c\u200d](?=[\p{L}\p{M}])`, 'gu')
/** Variation selector and joiner within an emoji (UTS #51, 1.4.3). */
const joinEmoji = lazyPattern(
  String.raw`(?<=\p{Extended_Pictographic})\ufe0f|(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic})`,
  'gu',
)

/** The first hidden character of the text that isn't a joiner of that kind, if there is one. */
export function findHidden(text: string, joiners: Joiners): string | undefined {
  return hidden().exec(withoutJoiners(text, joiners))?.[0]
}

function withoutJoiners(text: string, joiners: Joiners): string {
  if (joiners === 'none') return text
  const rest = text.replaceAll(joinLetters(), '')
  return joiners === 'letters' ? rest : rest.replaceAll(joinEmoji(), '')
}

const unassigned = lazyPattern(String.raw`[\p{Cn}\p{Co}]`, 'u')

/** Says what is wrong with a hidden character and what to do; names its code point, as it can't be shown. */
export function describeHidden(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  const what = unassigned().test(character)
    ? 'which is no character of Unicode'
    : 'an invisible or control character'
  return `must not contain U+${code}, ${what}: leave it out`
}
