import type { Construct } from 'constructs'
import { streamFilters } from '../../functions/provisioning/triggers.ts'
import type { Secrets } from './secrets.ts'
import { StreamWorker } from './stream-worker.ts'
import type { DirectoryTable } from './table.ts'

export type ProvisioningProps = { table: DirectoryTable; secrets: Secrets; customerIdPattern: string }

/** Applies recorded deliveries. */
export class Provisioning extends StreamWorker {
  constructor(scope: Construct, id: string, { table, secrets, customerIdPattern }: ProvisioningProps) {
    super(scope, id, {
      table,
      folder: 'provisioning',
      says: {
        worker: 'applies deliveries that the stream tells of',
        sweeper: 'applies deliveries that wait or were missed',
      },
      filters: streamFilters,
      environment: { CUSTOMER_ID_PATTERN: customerIdPattern },
    })
    for (const grantee of [this.worker, this.sweeper]) secrets.grantWebhookSources(grantee)
  }
}
