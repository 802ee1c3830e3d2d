/** Code points that a message quotes at most. */
const longest = 120

/** Full stops of host names (RFC 3490, 3.1), after NFKC has turned fullwidth ones into ASCII. */
const dot = /[.\u3002](?=\S)/gu
/** Colon of a URL with or without a host name: `https://`, `mailto:`, `tel:`. */
const colon = /(?<=[\p{L}\p{N}]):(?=\S)/gu
/** Six digits and more, with the separators of telephone numbers: telephones link those. */
const number = /[+(]*\p{Nd}(?:[\p{Zs}\p{Pd}+()/.]{0,4}\p{Nd}){5,}/gu
const digits = /\p{Nd}{1,3}/gu

/**
 * Quotes a customer's text as one line of plain-text mail: shortened, without invisible and bidirectional characters, and with
 * brackets in anything that mail programs turn into links (URLs, host names, addresses, telephone numbers), so that
 * `evil.example` reads `evil[.]example` and leads nowhere.
 */
export function quote(text: string): string {
  const letters = Array.from(text.slice(0, 4 * longest)).slice(0, longest + 1)
  const visible = letters
    .slice(0, longest)
    .join('')
    .normalize('NFKC')
    .replaceAll(/[\p{C}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replaceAll(/\s+/gu, ' ')
    .trim()
  const harmless = visible
    .replaceAll(number, (found) => (found.match(digits) ?? []).join('[-]'))
    .replaceAll(dot, '[.]')
    .replaceAll(colon, '[:]')
    .replaceAll('@', '[at]')
    .replaceAll(/\\(?=\\)/g, '[\\]')
  return `> ${harmless}${letters.length > longest ? ' …' : ''}`
}
