/**
 * Names of the single table. `infra/constructs/table.ts` and `infra/local/create-table.ts` create it from this;
 * nothing here needs the SDK.
 */

export const keyAttributes = { partition: 'pk', sort: 'sk' } as const

/** Seconds since the epoch; DynamoDB removes the item some time later, so readers check expiry themselves. */
export const ttlAttribute = 'ttl'

/** The stream carries keys only: workers read the present state instead of trusting an old image. */
export const streamView = 'KEYS_ONLY' as const

/** Keys are always projected; `include` names the other attributes that readers need without a strong read. */
export type Index = { name: string; partition: string; sort: string; include?: readonly string[] }

/** Sparse indexes, each named for the question it answers. They propose; a strong read disposes. */
export const indexes = {
  /** Which users hold grants on this resource? */
  grantsByResource: { name: 'grants-by-resource', partition: 'grantedOn', sort: 'grantedTo' },
  /** Which customers are there? */
  customers: {
    name: 'customers',
    partition: 'directory',
    sort: 'directoryOrder',
    include: ['status', 'organisation'],
  },
  /** At which customers is this e-mail address claimed? */
  emails: { name: 'emails', partition: 'claimedEmail', sort: 'claimedAt', include: ['holder'] },
  /** Which deliveries of a source have this status, by time of receipt? */
  deliveries: {
    name: 'deliveries',
    partition: 'sourceStatus',
    sort: 'sourceStatusOrder',
    // Without the body, which may have 256 KiB.
    include: [
      'source',
      'id',
      'type',
      'customerId',
      'timestamp',
      'receivedAt',
      'status',
      'reason',
      'attempts',
      'nextAttemptAt',
    ],
  },
  /** Which deliveries wait for this item, oldest event first? */
  waiting: { name: 'waiting', partition: 'dependsOn', sort: 'dependsOrder' },
  /** How many projects are pending, ready, failed in OpenStack, and since when? */
  openstack: { name: 'openstack', partition: 'openstackState', sort: 'openstackSince' },
  /** Which items are due by now? */
  due: { name: 'due', partition: 'dueKind', sort: 'dueAt' },
} as const satisfies Record<string, Index>
