import { deepStrictEqual } from 'node:assert'
import { instantOf } from '../../shared/domain/values/instant.ts'
import { readOrg } from '../support/orgs.ts'
import { startTestIssuer } from './access/issuer.ts'
import { type Bundle, bundle, measure, type Variant } from './access/measure.ts'
import { questionsAbout } from './access/questions.ts'
import { startReplay } from './access/replay.ts'
import { measureKeys } from './access/units.ts'
import { startMetered } from './metered.ts'
import { inTemporaryFolder } from './service.ts'
import { type Table, valuesTable } from './table.ts'

const questions = 500
const turns = 5
const starts = 11
const kilobyte = 1000

/**
 * A check as a Lambda answers it, one at a time, event in and response out, its token verified and its reads strong: ours
 * against the same built the usual way, in a process each, with the same questions and answers.
 */
export async function bench(): Promise<Table[]> {
  const metered = await startMetered()
  const issuer = await startTestIssuer()
  const replay = await startReplay(metered.endpoint)
  try {
    const history = readOrg('etcd-io')
    await metered.deliverAll(history)
    const { table, tableName } = metered
    const events = await questionsAbout(history, { table, token: issuer.token, count: questions })
    const env = { ...issuer.environment, TABLE_NAME: tableName, AWS_ENDPOINT_URL_DYNAMODB: replay.endpoint }
    return await inTemporaryFolder(async (folder) => {
      const variant = async (name: Variant) => ({ name, ...(await bundle(name, folder)) })
      const { path: child } = await bundle('child', folder)
      const variants = [await variant('ours'), await variant('reference'), await variant('empty')] as const
      return [
        await warm(variants.slice(0, 2), child, events, env),
        await cold(variants, child, events.slice(0, 1), env),
        sizes(variants[0], variants[1]),
        await measureKeys(metered, instantOf(new Date())),
      ]
    })
  } finally {
    replay.close()
    await issuer.close()
    await metered.stop()
  }
}

type Variants = readonly ({ name: Variant } & Bundle)[]

async function warm(variants: Variants, child: string, events: object[], env: Record<string, string>) {
  const cpu: Record<string, number> = {}
  let expected: unknown
  for (const { name, path } of variants) {
    const { warm: each, answers } = await measure(child, { bundle: path, events, turns }, env)
    expected ??= answers
    deepStrictEqual(answers, expected)
    cpu[name] = each
  }
  const { ours = 0, reference = 0 } = cpu
  return valuesTable(`A check, of ${questions} with the same answers: CPU`, [
    ['as it is', ours, 'µs'],
    ['the usual way', reference, 'µs'],
    ['as it is, of the usual way', { value: ours / reference, atMost: 0.35 }],
  ])
}

async function cold(variants: Variants, child: string, events: object[], env: Record<string, string>) {
  const cpu: Record<string, number[]> = {}
  // By turns, so that what else the machine does is in all of them.
  for (let start = 0; start < starts; start++)
    for (const { name, path } of variants) {
      const outcome = await measure(child, { bundle: path, events, turns: 0 }, env)
      ;(cpu[name] ??= []).push(outcome.cold)
    }
  const least = (name: Variant) => Math.min(...(cpu[name] ?? []))
  const over = (name: Variant) => least(name) - least('empty')
  const title = `Import and first answer in a fresh process, over an empty handler, least of ${starts}: CPU`
  return valuesTable(title, [
    ['as it is', over('ours'), 'ms'],
    ['the usual way', over('reference'), 'ms'],
    ['the empty process', least('empty'), 'ms'],
    ['as it is, of the usual way', { value: over('ours') / over('reference'), atMost: 0.25 }],
  ])
}

const sizes = (ours: Bundle, reference: Bundle) =>
  valuesTable('Bundles, minified', [
    ['as it is', { value: ours.bytes / kilobyte, atMost: 80 }, 'kB'],
    ['the usual way', reference.bytes / kilobyte, 'kB'],
  ])
