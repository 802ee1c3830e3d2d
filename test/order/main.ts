import { fork } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'

/** How many histories, each in four orders of arrival, and the first one's seed. */
const [histories = 2000, first = 1] = process.argv.slice(2).map(Number)
const processes = Math.min(2, availableParallelism())

/** Judges random histories in two processes at most. */
async function main(): Promise<number> {
  const share = Math.ceil(histories / processes)
  const codes = Array.from({ length: processes }, async (_, place) => {
    const from = first + place * share
    const seeds = [from, Math.min(first + histories, from + share)].map(String)
    const [code] = await once(fork(fileURLToPath(new URL('run.ts', import.meta.url)), seeds), 'exit')
    return code === 0 ? 0 : 1
  })
  return (await Promise.all(codes)).reduce<number>((sum, code) => sum + code, 0)
}

process.exit(await main())
