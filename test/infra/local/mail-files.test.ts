import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import PostalMime from 'postal-mime'
import { expect, test } from 'vitest'
import type { Message } from '../../../functions/notifications/notifier.ts'
import { renderReminder } from '../../../functions/notifications/reminder-text.ts'
import { createMailFiles } from '../../../infra/local/mail-files.ts'
import { publicUrl, reminder } from '../../functions/notifications/scene.ts'
import { stoppedClock } from '../../functions/provisioning/clock.ts'
import { temporaryFolder } from './temporary-folder.ts'

const home = temporaryFolder()
let folders = 0

const unsubscribe = `${publicUrl}/v1/mail/${'a'.repeat(43)}.${'b'.repeat(43)}`
const text = 'Hello Ann,\n\n.\nFrom us\n'
const message = { to: 'ann@bridge.example', subject: 'Access review', text, unsubscribe }

function start() {
  const folder = join(home, String(++folders))
  const clock = stoppedClock('2026-11-27T06:00:00.120Z')
  const mail = join(folder, 'mail')
  const names = () => readdirSync(mail).sort()
  const contents = () => names().map((name) => readFileSync(join(mail, name)))
  return { folder, mail, clock, names, contents, notifier: createMailFiles({ folder, now: clock.now }) }
}

/** As a mail program reads it. */
async function delivered(sent: Message) {
  const { notifier, contents } = start()
  await notifier(sent)
  const [content = Buffer.of()] = contents()
  return { raw: content.toString('latin1'), mail: await PostalMime.parse(content) }
}

test('a mail program reads the message', async () => {
  const { mail } = await delivered(message)
  expect(mail).toMatchObject({
    from: { name: 'Latchkey', address: 'latchkey@local.invalid' },
    to: [{ address: message.to }],
    subject: message.subject,
    date: '2026-11-27T06:00:00.000Z',
    text: message.text,
    attachments: [],
  })
  const { headers } = mail
  expect(headers.filter(({ key }) => key.startsWith('list-')).map(({ value }) => value)).toEqual([
    `<${unsubscribe}>`,
    'List-Unsubscribe=One-Click',
  ])
  expect(mail.messageId).toMatch(/^<[^<>\s]+@local\.invalid>$/)
})

test.each([
  '"Bridge, Ltd" <x@evil.example>; (comment)',
  '=?utf-8?q?=0D=0ABcc:_x=40evil.example?=',
  '=cmd|calc!A1',
  'Bcc: x@evil.example',
  'Brücke 🦊 & Söhne',
  `${'🦊'.repeat(150)} ${'long '.repeat(60)}end`,
])('a name stays within its field: %j', async (name) => {
  const sent = renderReminder({
    reminder,
    user: { name, email: message.to },
    customer: { organisation: name },
    unanswered: 'keep',
    publicUrl,
    unsubscribe,
    now: reminder.createdAt,
  })
  const { raw, mail } = await delivered(sent)
  expect(mail).toMatchObject({ subject: sent.subject, text: sent.text, to: [{ address: message.to }] })
  const mime = ['content-transfer-encoding', 'content-type', 'mime-version']
  const usual = ['date', 'from', 'list-unsubscribe', 'list-unsubscribe-post', 'message-id', 'subject', 'to']
  expect(mail.headers.map(({ key }) => key).sort()).toEqual([...mime, ...usual].sort())
  // A URI is not folded (RFC 2369, section 2); 998 is the limit of RFC 5322.
  const lines = raw.split('\r\n').filter((line) => !line.includes(unsubscribe))
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(78)
  expect(raw).toMatch(/^[\x20-\x7e\r\n]+$/)
  expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
})

test('a subject cannot begin a header of its own', async () => {
  const { mail } = await delivered({ ...message, subject: 'one\r\nBcc: x@evil.example\r\n\r\nanother body' })
  expect(mail.bcc).toBeUndefined()
  expect(mail).toMatchObject({ subject: 'one Bcc: x@evil.example  another body', text: message.text })
})

test.each(["o'brien@bridge.example", 'a=b@bridge.example', '{x}|~@bridge.example', '/d/x=y@bridge.example'])(
  'an address is one address: %s',
  async (to) => {
    expect((await delivered({ ...message, to })).mail.to).toEqual([{ name: '', address: to }])
  },
)

test('only the owner may read it', async () => {
  const { mail, names, notifier } = start()
  await notifier(message)
  expect(statSync(mail).mode & 0o777).toBe(0o700)
  expect(names().map((name) => statSync(join(mail, name)).mode & 0o777)).toEqual([0o600])
})

test('each message has a file of its own, and names sort by time', async () => {
  const { notifier, names, clock } = start()
  for (const step of [0, 0, 1, 900, 60_000]) {
    clock.move(step)
    await notifier(message)
  }
  expect(names().map((name) => name.replace(/-[0-9a-f]{8}\.eml$/, ''))).toEqual([
    '2026-11-27T060000.120Z',
    '2026-11-27T060000.120Z',
    '2026-11-27T060000.121Z',
    '2026-11-27T060001.021Z',
    '2026-11-27T060101.021Z',
  ])
})

test('without a folder it fails, and reveals nothing of the message', async () => {
  const { folder, mail, notifier } = start()
  mkdirSync(folder)
  writeFileSync(mail, '')
  await expect(notifier(message)).rejects.toThrow(`cannot use the folder ${mail}: it is not a folder`)
})
