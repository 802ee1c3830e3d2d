/** A text for one person, whose e-mail address `to` is. */
export type Message = { to: string; subject: string; text: string }

/** Hands a message over for delivery; fails if it wasn't taken. */
export type Notifier = (message: Message) => Promise<void>
