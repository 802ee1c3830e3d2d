/** A text for one person, whose e-mail address `to` is. Nothing in `subject` was written by a customer. */
export type Message = {
  to: string
  subject: string
  text: string
  /** Where a POST says that the person wants no more messages (RFC 8058), and a GET asks. */
  unsubscribe: string
}

/** Hands a message over for delivery; fails if it wasn't taken. */
export type Notifier = (message: Message) => Promise<void>

/** The header fields that let a mail program offer to unsubscribe with one click (RFC 8058, section 3.1). */
export const listHeaders = ({ unsubscribe }: Message) =>
  ({ 'List-Unsubscribe': `<${unsubscribe}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }) as const
