import type { Construct } from 'constructs'
import { streamFilters } from '../../functions/cleanup/stream-filter.ts'
import { QueueWorker } from './queue-worker.ts'
import type { DirectoryTable } from './table.ts'

/** Removes the grants that deletions and types leave behind. */
export class Cleanup extends QueueWorker {
  constructor(scope: Construct, id: string, { table }: { table: DirectoryTable }) {
    super(scope, id, {
      table,
      folder: 'cleanup',
      descriptions: {
        worker: 'removes the grants that deletions and types leave behind',
        sweeper: 'removes orphaned grants whose trigger was missed',
      },
      filters: streamFilters,
    })
  }
}
