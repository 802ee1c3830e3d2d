/** True for a text that may identify a customer, user, project or server. Any other is nobody's, and never part of a key. */
export function isId(text: string): boolean {
  return /^[A-Za-z0-9._-]{1,128}$/.test(text)
}
