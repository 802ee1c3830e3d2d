/** Code points of what somebody wrote that a message quotes. */
const longest = 120

/** Full stops as host names are read with (RFC 3490, 3.1), once NFKC has made ASCII ones of the fullwidth ones. */
const dot = /[.\u3002](?=\S)/gu
/** Of a URL with or without a host name: `https://`, `mailto:`, `tel:`. */
const colon = /(?<=[\p{L}\p{N}]):(?=\S)/gu
/** Digits with what telephone numbers are written with between them; six and more are one to a telephone. */
const number = /[+(]*\p{Nd}(?:[\p{Zs}\p{Pd}+()/.]{0,4}\p{Nd}){5,}/gu
const digits = /\p{Nd}{1,3}/gu

/**
 * What a customer wrote, as a line that plain-text mail may quote: shortened, without invisible and bidirectional characters,
 * and with brackets in whatever programs make links of (URLs, host names, addresses, telephone numbers), so that
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
