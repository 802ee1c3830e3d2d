/** Whether somebody wants no messages, at one of their e-mail addresses. */
export type MailPreference = { email: string; optedOut: boolean }
