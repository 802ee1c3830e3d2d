import { CustomerId, etag, lineOf, object, ServerId, times } from '../routing/schema-types.ts'

export const Server = object('A virtual server of the legacy platform.', {
  id: ServerId,
  customerId: CustomerId,
  hostname: lineOf(253),
  ...times,
  etag,
})
