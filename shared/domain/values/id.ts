/** True for a text that can identify a customer, user, project or server. Others are never put into a key. */
export function isId(text: string): boolean {
  return /^[A-Za-z0-9._-]{1,128}$/.test(text)
}
