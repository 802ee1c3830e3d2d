import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ask, requireService, runCommand } from '../client/local-service.ts'
import { detailOf } from '../client/problem-detail.ts'
import { takeMachineToken } from '../client/take-token.ts'
import { errorCode, CliError } from '../cli-error.ts'

await runCommand(async () => {
  const [customer, ...rest] = process.argv.slice(2)
  if (!customer || rest.length > 0) throw new CliError('usage: npm run --silent export -- CUSTOMER')
  const service = requireService(process.env)
  const token = await takeMachineToken(service, 'operator')
  const url = `${service.origin}/v1/customers/${encodeURIComponent(customer)}/export`
  const response = await ask(service, url, { headers: { authorization: `Bearer ${token}` } })
  if (!response.ok || !response.body)
    throw new CliError(`no export of ${customer}: ${await detailOf(response)}`)
  await pipeline(Readable.fromWeb(response.body), process.stdout, { end: false }).catch((error: unknown) => {
    throw new CliError(`the export of ${customer} broke off: ${errorCode(error) ?? 'connection lost'}`)
  })
})
