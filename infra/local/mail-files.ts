import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { listHeaders, type Notifier } from '../../functions/notifications/notifier.ts'
import { makeFolder, writePrivate } from './data/private-files.ts'

/** Nobody can reply: `.invalid` never resolves (RFC 2606). */
const from = { name: 'Latchkey', address: 'latchkey@local.invalid' }

/** In place of mail: writes each message to a file in `mail/`, named by time, for a mail program. */
export function createMailFiles({ folder, now }: { folder: string; now: () => Date }): Notifier {
  const mail = join(folder, 'mail')
  return async (message) => {
    const { to, subject, text } = message
    // Loaded on demand: it takes memory, and most runs send nothing.
    const { default: MailComposer } = await import('nodemailer/lib/mail-composer')
    const date = now()
    const content = await new MailComposer({
      from,
      // An address in an object isn't parsed, whatever its characters.
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
