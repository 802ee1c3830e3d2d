const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const quoted = String.raw`"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*"`
const parameter = `${token}=(?:${token}|${quoted})`
const json = new RegExp(String.raw`^[\t ]*application/json(?:[\t ]*;(?:[\t ]*${parameter})?)*[\t ]*$`, 'i')

/**
 * True for a `Content-Type` that is `application/json`, in any case, with any parameters and white space that RFC 9110 permits
 * (sections 5.6.6 and 8.3.1). A `+json` type isn't: it differs from JSON in ways unknown here.
 */
export function isJson(contentType: string | null): boolean {
  return contentType !== null && json.test(contentType)
}
