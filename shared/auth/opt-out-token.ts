import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * What the link in a message carries: whoever has it may say that the mailbox gets no more messages, and nothing else. It
 * names the mailbox by its hash and never expires, since an old message must not be a reason to go on getting new ones.
 */
export type OptOutTokens = {
  sign(mailbox: string): string
  /** The mailbox's hash; `undefined` for whatever wasn't signed with this secret. */
  open(token: string): string | undefined
}

/** A SHA-256 in base64url, a dot, and another. */
const form = /^([\w-]{43})\.([\w-]{43})$/

/** `secret` is a random text of at least 16 characters, the same for what sends messages and what is asked by their links. */
export function createOptOutTokens(secret: string): OptOutTokens {
  if (secret.length < 16) throw new Error('the secret of messages must have at least 16 characters')
  const signatureOf = (mailbox: string) =>
    createHmac('sha256', secret).update(`opt-out:${mailbox}`).digest('base64url')
  return {
    sign: (mailbox) => `${mailbox}.${signatureOf(mailbox)}`,
    open(token) {
      const [, mailbox, signature] = form.exec(token) ?? []
      if (mailbox === undefined || signature === undefined) return undefined
      // As texts: several of them decode alike, and only the one that was given out is good.
      const isOurs = timingSafeEqual(Buffer.from(signature), Buffer.from(signatureOf(mailbox)))
      return isOurs ? mailbox : undefined
    },
  }
}
