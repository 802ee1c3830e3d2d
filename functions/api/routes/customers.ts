import { Hono } from 'hono'
import * as v from 'valibot'
import type { Customer } from '../../../shared/domain/customer.ts'
import { customerStatuses } from '../../../shared/domain/customer.ts'
import { respondWithEtag } from '../../../shared/http/etag.ts'
import { customerItem, listCustomers } from '../../../shared/table/customers.ts'
import type { Part } from '../../../shared/table/cut-page.ts'
import { fillPage } from '../../../shared/table/cut-page.ts'
import type { Position } from '../../../shared/table/query.ts'
import { operatorsOnly } from '../authenticate.ts'
import type { Guards } from '../authorize.ts'
import type { ApiDeps, ApiEnv } from '../deps.ts'
import { pageOf } from '../paging.ts'
import { pageParameters, readQuery } from '../query.ts'
import { presentBilling, presentContact, presentCustomer } from '../representations/customer.ts'

/** Customers that a filtered page looks at, twice. */
const filteredPage = 200
const status = v.optional(v.picklist(customerStatuses, `must be one of ${customerStatuses.join(', ')}`))

export function customerRoutes(deps: ApiDeps, { may }: Guards) {
  const routes = new Hono<ApiEnv>()

  routes.get('/', operatorsOnly, async (c) => {
    const query = readQuery(c, { status, ...pageParameters })
    const page = pageOf(deps, c, query)
    const read = (part: Part) =>
      listCustomers(deps.table, {
        ...part,
        ...(query.status !== undefined && { limit: filteredPage, status: query.status }),
      })
    return c.json(page.present(await fillPage(page, 2, read, positionOf), presentCustomer))
  })

  routes.get('/:c', may('account.read'), (c) => {
    readQuery(c, {})
    return respondWithEtag(c, presentCustomer(c.get('access').customer))
  })

  routes.get('/:c/contact', may('contact.read'), (c) => {
    readQuery(c, {})
    return respondWithEtag(c, presentContact(c.get('access').customer))
  })

  routes.get('/:c/billing', may('billing.read'), (c) => {
    readQuery(c, {})
    return respondWithEtag(c, presentBilling(c.get('access').customer))
  })

  return routes
}

function positionOf(customer: Customer): Position {
  const { pk, sk, directory, directoryOrder } = customerItem(customer)
  return { pk, sk, directory, directoryOrder }
}
