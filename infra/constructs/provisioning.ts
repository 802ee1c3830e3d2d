import type { Construct } from 'constructs'
import { streamFilters } from '../../functions/provisioning/stream-filter.ts'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import { readStream } from './read-stream.ts'
import type { Secrets } from './secrets.ts'
import type { DirectoryTable } from './table.ts'
import { Worker } from './worker.ts'

type ProvisioningProps = {
  table: DirectoryTable
  secrets: Secrets
  environment: Record<string, string>
}

const folder = 'provisioning'

/** Applies recorded deliveries. */
export class Provisioning extends Worker {
  constructor(scope: Construct, id: string, { table, secrets, environment }: ProvisioningProps) {
    super(scope, id, {
      table,
      folder,
      descriptions: {
        worker: 'applies deliveries from the stream',
        sweeper: 'applies waiting and missed deliveries',
      },
      environment,
    })
    for (const grantee of [this.worker, this.sweeper]) secrets.grantWebhookSources(grantee)
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters', { reader: folder })
    readStream(this.worker, { table, name: folder, filters: streamFilters, deadLetters })
  }
}
