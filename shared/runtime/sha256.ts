// A static import would make Node load all that `node:crypto` has, to list its names: two milliseconds of a cold start.
const { hash } = process.getBuiltinModule('node:crypto')

export const sha256 = (text: string): string => hash('sha256', text, 'base64url')
