import { parseArgs } from 'node:util'
import * as v from 'valibot'
import { requireService, runCommand } from '../client/local-service.ts'
import { moveClock } from '../client/move-clock.ts'
import { takeMachineToken } from '../client/take-token.ts'
import { Days } from '../clock.ts'
import { CliError } from '../cli-error.ts'
import { untilOpened, untilStill } from '../review/follow-review.ts'
import { type ReviewClient, reviewClient } from '../review/review-client.ts'
import { describeOpened, describeOutcome, type Review } from '../review/review.ts'

const usage = 'usage: npm run review -- CUSTOMER [--days N], N from 1 to 3650'

await runCommand(async () => {
  const { customer, days } = readArguments()
  const service = requireService(process.env)
  const reviews = reviewClient(service, await takeMachineToken(service, 'operator'), customer)
  if (days === undefined) return tell(describeOpened(await followOpening(reviews, await reviews.open())))
  const { id } = await followOpening(reviews, (await reviews.findUnderWay()) ?? (await reviews.open()))
  await moveClock(service, days)
  return tell(describeOutcome(await untilStill(() => reviews.get(id))))
})

async function followOpening(reviews: ReviewClient, { id }: Review): Promise<Review> {
  return untilOpened(() => reviews.get(id))
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`)
}

function readArguments(): { customer: string; days?: number } {
  const { values, positionals } = parse()
  const [customer, ...rest] = positionals
  if (!customer || rest.length > 0) throw new CliError(usage)
  if (values.days === undefined) return { customer }
  const days = v.safeParse(Days, Number(values.days))
  if (!days.success) throw new CliError(usage)
  return { customer, days: days.output }
}

function parse() {
  try {
    return parseArgs({ allowPositionals: true, options: { days: { type: 'string' } } })
  } catch {
    throw new CliError(usage)
  }
}
