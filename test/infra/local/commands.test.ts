import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeProtectedHeader } from 'jose'
import { describe, expect, test } from 'vitest'
import { runLocal } from './run-node.ts'
import { fakeService, startAround } from './stand-in.ts'
import { temporaryFolder } from './temporary-folder.ts'

const home = temporaryFolder()
const outcomes: Record<string, { status: string; reason?: string }> = {
  late: { status: 'waiting', reason: 'user x is missing' },
  broken: { status: 'failed', reason: 'a second main-customer' },
  old: { status: 'superseded' },
}
const stand = fakeService(
  (id) => outcomes[id] ?? { status: 'applied' },
  (id, attempt) => (id === 'flaky' && attempt < 3 ? 503 : id === 'refused' ? 409 : undefined),
)
const { origin, PORT } = await startAround(home, stand.compose)

const run = (command: string, ...args: string[]) => runLocal(`commands/${command}.ts`, args, home, { PORT })
const who = async (token: string): Promise<unknown> =>
  (await fetch(`${origin}/who`, { headers: { authorization: `Bearer ${token}` } })).json()

const sent = { type: 'user.created', timestamp: '2026-08-21T08:01:14Z', data: { customerId: 'ABC000001' } }
const line = (id: string) => JSON.stringify({ id, ...sent })
const fileOf = (...lines: string[]) => {
  const path = join(home, `deliveries-${lines.length}.jsonl`)
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

describe('token', () => {
  test.each([
    ['operator', { kind: 'operator', id: 'latchkey-operator' }],
    ['ann@example.com', { kind: 'login', email: 'ann@example.com' }],
  ])('a token of %s is verified by the service', async (asked, principal) => {
    const { code, stdout, stderr } = await run('token', asked, '--alg', 'ES256')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
    expect(decodeProtectedHeader(stdout).alg).toBe('ES256')
    expect(await who(stdout.trim())).toMatchObject(principal)
  })

  test.each([[['somebody']], [['operator', '--alg', 'HS256']]])('an error is one line: %j', async (args) => {
    const { code, stdout, stderr } = await run('token', ...args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^latchkey: .*usage: npm run .*\n$/)
  })

  test('an error says that nothing runs', async () => {
    const { code, stderr } = await runLocal('commands/token.ts', ['operator'], home, { PORT: '1' })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^latchkey: no latchkey is listening on port 1: [^\n]+\n$/)
  })
})

describe('export', () => {
  test('the answer of the service is written', async () => {
    const stdout = '{"line":1}\n{"line":2}\n'
    expect(await run('export', 'ABC000001')).toEqual({ code: 0, stdout, stderr: '' })
  })

  test('an error is one line', async () => {
    const stderr = 'latchkey: no export of ABC000002: no such customer\n'
    expect(await run('export', 'ABC000002')).toEqual({ code: 1, stdout: '', stderr })
  })
})

describe('provision', () => {
  test('every line is signed and posted once, a 503 is retried, and totals are shown', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `evt_${index}`)
    const file = fileOf(...[...ids, 'flaky', 'old'].map(line))
    const { code, stdout, stderr } = await run('provision', file)
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: '22 deliveries: 21 applied, 1 superseded, 0 waiting, 0 failed\n',
    })
    expect(stderr).toContain('posted 22 of 22')
    expect(ids.map((id) => stand.posts.get(id))).toEqual(ids.map(() => 1))
    expect(stand.posts.get('flaky')).toBe(3)
  })

  test('failed and refused deliveries are listed with their reasons, a repeated line counts once, and it exits 1', async () => {
    const file = fileOf(...['a', 'a', 'broken', 'refused'].map(line))
    const { code, stdout } = await run('provision', file)
    expect(code).toBe(1)
    expect(stdout.split('\n')).toEqual([
      'failed  broken  user.created  a second main-customer',
      'refused  refused  no (409)',
      '3 deliveries: 1 applied, 0 superseded, 0 waiting, 1 failed, 1 refused',
      '',
    ])
  })

  test('nothing is sent when a line is malformed', async () => {
    const file = fileOf(line('never'), '', line('never'), '{"id":')
    const { code, stderr } = await run('provision', file)
    expect({ code, stderr }).toEqual({ code: 1, stderr: `latchkey: ${file}:4: not JSON\n` })
    expect(stand.posts.has('never')).toBe(false)
  })

  test.each([[['nowhere.jsonl']], [['a', 'b']], [['a', '--concurrency', 'many']]])(
    'an error is one line: %j',
    async (args) => {
      const { code, stderr } = await run('provision', ...args)
      expect(code).toBe(1)
      expect(stderr).toMatch(/^latchkey: (cannot read .*nowhere.jsonl: ENOENT|usage: .*)\n$/)
    },
  )
})
