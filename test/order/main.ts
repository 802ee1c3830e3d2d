import { availableParallelism } from 'node:os'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Histories, each in so many orders of arrival. */
const histories = Number(process.argv[2] ?? 2000)
const first = Number(process.argv[3] ?? 1)
const processes = Math.min(2, availableParallelism())

/** Judges random histories in processes of their own, each with its own engine. */
async function main(): Promise<number> {
  const share = Math.ceil(histories / processes)
  const exits = Array.from({ length: processes }, async (_, place) => {
    const from = first + place * share
    const to = Math.min(first + histories, from + share)
    const child = fork(fileURLToPath(new URL('run.ts', import.meta.url)), [String(from), String(to)])
    const [code] = await once(child, 'exit')
    return code === 0 ? 0 : 1
  })
  return (await Promise.all(exits)).reduce<number>((sum, code) => sum + code, 0)
}

process.exit(await main())
