import { hash } from 'node:crypto'
import { mailboxOf } from '../domain/mailbox.ts'

/** What is known of a mailbox is stored under, whatever the spelling of its address: SHA-256, in base64url. */
export const mailboxHash = (email: string): string => hash('sha256', mailboxOf(email), 'base64url')
