/**
 * Decodes a header's value into the text that its sender means: as UTF-8 if its bytes are valid, else as Latin-1, which is
 * how Node reads headers. Text that is percent-encoded for not being ASCII is decoded too, as browsers have to encode it and
 * Hono's adapter for Lambda does; any other percent sign stays one.
 */
export function headerText(value: string): string {
  if (/^[\x20-\x7e]*$/.test(value)) return percentDecoded(value) ?? value
  if (/[^\0-\xff]/.test(value)) return value
  return (
    decoded(() => new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value, 'latin1'))) ?? value
  )
}

function percentDecoded(value: string): string | undefined {
  if (!/%[89A-F][0-9A-F]/.test(value)) return undefined
  const text = decoded(() => decodeURIComponent(value))
  return text !== undefined && encodeURIComponent(text) === value ? text : undefined
}

function decoded(decode: () => string): string | undefined {
  try {
    return decode()
  } catch {
    return undefined
  }
}
