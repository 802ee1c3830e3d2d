import { offerOwnership, withdrawOwnership } from '../../../shared/directory/ownership/offer-ownership.ts'
import { acceptOwnership, forceOwnership } from '../../../shared/directory/ownership/transfer-ownership.ts'
import { operatorAt, ownership } from '../authorization/access-rule.ts'
import { customerOf } from '../authorization/request-context.ts'
import { action, remove } from '../changes/change-routes.ts'
import { noBody } from '../changes/read-request.ts'
import { customerResource } from '../customers/resource.ts'
import { strictObject, UserId } from '../routing/body-schema.ts'
import { read } from '../routing/read-routes.ts'
import type { Route } from '../routing/route.ts'
import { offerOf, transferResource } from './resource.ts'

const path = '/v1/customers/{c}/ownership-transfer'
const To = strictObject({ to: UserId })

export const ownershipRoutes: readonly Route[] = [
  action({
    path,
    id: 'offerOwnership',
    summary: 'Offer the ownership to an active admin with a linked login; it replaces an earlier offer',
    right: ownership('offer'),
    of: customerResource,
    ifMatch: 'required',
    body: To,
    shows: transferResource,
    at: (_call, { customerId }) => `/v1/customers/${customerId}/ownership-transfer`,
    plan: ({ context, body }, customer) => offerOwnership(context, customer, body),
  }),
  read({
    path,
    id: 'readOwnershipTransfer',
    summary:
      'The offer, as long as it can be accepted: seven days at most, and while neither of the two has changed',
    right: ownership('see'),
    of: transferResource,
  }),
  remove({
    path,
    id: 'withdrawOwnership',
    summary: 'Withdraw the offer',
    right: ownership('withdraw'),
    of: transferResource,
    ifMatch: 'required',
    plan: ({ context }, transfer) => withdrawOwnership(context, transfer),
  }),
  action({
    path: `${path}/accept`,
    id: 'acceptOwnership',
    summary: 'Accept: the two change their types at once, and the old main-customer is an admin from then on',
    right: ownership('accept'),
    of: transferResource,
    ifMatch: 'required',
    shows: customerResource,
    body: noBody,
    plan: ({ context, ...call }) => acceptOwnership(context, customerOf(call), offerOf(call)),
  }),
  action({
    path: `${path}/force`,
    id: 'forceOwnership',
    summary: 'Give the ownership to an active admin with a linked login, without offer and acceptance',
    right: operatorAt('customer'),
    of: customerResource,
    ifMatch: 'required',
    body: To,
    plan: ({ context, body }, customer) => forceOwnership(context, customer, body),
  }),
]
