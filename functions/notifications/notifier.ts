/** A plain-text message for one person. `subject` contains nothing that a customer wrote. */
export type Message = {
  to: string
  subject: string
  text: string
  /** Opt-out link: a POST opts out (RFC 8058), a GET asks first. */
  unsubscribe: string
}

/** Hands a message over for delivery; throws if it wasn't accepted. */
export type Notifier = (message: Message) => Promise<void>

/** Header fields for unsubscribing with one click in a mail program (RFC 8058, section 3.1). */
export const listHeaders = ({ unsubscribe }: Message) =>
  ({ 'List-Unsubscribe': `<${unsubscribe}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }) as const
