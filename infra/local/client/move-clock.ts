import { clockPath, readClockSecret } from '../clock.ts'
import { CliError } from '../cli-error.ts'
import { ask, type LocalService } from './local-service.ts'
import { detailOf } from './problem-detail.ts'

/** Moves the service's time forward. @throws {CliError} */
export async function moveClock(service: LocalService, days: number): Promise<void> {
  const response = await ask(service, `${service.origin}${clockPath}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${readClockSecret(service.dataFolder)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ days }),
  })
  if (!response.ok) throw new CliError(`the clock is not moved: ${await detailOf(response)}`)
}
