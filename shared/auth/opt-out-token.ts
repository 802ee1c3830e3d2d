import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Token in the link of a message: its bearer may stop the messages to the mailbox, and nothing else. It names the mailbox by
 * its hash and never expires, since the link of an old message must stop new ones too.
 */
export type OptOutTokens = {
  sign(mailbox: string): string
  /** Returns the mailbox's hash; `undefined` for a text that wasn't signed with this secret. */
  open(token: string): string | undefined
}

/** A SHA-256 in base64url, a dot, and another. */
const form = /^([\w-]{43})\.([\w-]{43})$/

/** `secret` is a random text of at least 16 characters, the same for the sender of messages and the API that their links call. */
export function createOptOutTokens(secret: string): OptOutTokens {
  if (secret.length < 16) throw new Error('the secret of messages must have at least 16 characters')
  const signatureOf = (mailbox: string) =>
    createHmac('sha256', secret).update(`opt-out:${mailbox}`).digest('base64url')
  return {
    sign: (mailbox) => `${mailbox}.${signatureOf(mailbox)}`,
    open(token) {
      const [, mailbox, signature] = form.exec(token) ?? []
      if (mailbox === undefined || signature === undefined) return undefined
      // Compared as texts: several decode alike, and only the one that was signed is valid.
      const isOurs = timingSafeEqual(Buffer.from(signature), Buffer.from(signatureOf(mailbox)))
      return isOurs ? mailbox : undefined
    },
  }
}
