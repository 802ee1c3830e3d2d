import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { listHeaders, type Notifier } from '../../functions/notifications/notifier.ts'
import { makeFolder, writePrivate } from './data/private-files.ts'

/** Nobody can answer: `.invalid` never resolves (RFC 2606). */
const from = { name: 'Latchkey', address: 'latchkey@local.invalid' }

/** In place of mail: each message becomes a file in `mail/`, by time, which a mail program opens. */
export function createMailFiles({ folder, now }: { folder: string; now: () => Date }): Notifier {
  const mail = join(folder, 'mail')
  return async (message) => {
    const { to, subject, text } = message
    // Not before it is needed: it takes memory, and most runs send nothing.
    const { default: MailComposer } = await import('nodemailer/lib/mail-composer')
    const date = now()
    const content = await new MailComposer({
      from,
      // As an object an address isn't taken apart, whatever is in it.
      to: { name: '', address: to },
      subject,
      text,
      textEncoding: 'quoted-printable',
      headers: listHeaders(message),
      date,
      newline: 'windows',
    })
      .compile()
      .build()
    makeFolder(mail)
    const time = date.toISOString().replaceAll(':', '')
    writePrivate(join(mail, `${time}-${randomBytes(4).toString('hex')}.eml`), content)
  }
}
