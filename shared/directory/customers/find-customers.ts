import { holderNow } from '../../domain/entities/claim.ts'
import type { Customer, CustomerStatus } from '../../domain/entities/customer.ts'
import { searchFor } from '../../domain/text/search-text.ts'
import { asClaim } from '../../records/claims.ts'
import {
  positionOf,
  proposeCustomers,
  type ProposedCustomer,
  readCustomers,
} from '../../records/customers.ts'
import { listCustomersClaiming } from '../../records/logins.ts'
import { keys } from '../../table/keys.ts'
import { fillFilteredPage, type Page, type PageRequest } from '../../table/query.ts'
import type { Table } from '../../table/table.ts'

type CustomerQuery = {
  status?: CustomerStatus | undefined
  /** A part of the name. */
  organisation?: string | undefined
  /** The identifier, or a prefix of it. */
  id?: string | undefined
  /** A present address of a user. */
  email?: string | undefined
}

/** An API call has ten requests; six query the index, and three read the customers it lists. */
const rounds = 6
/** Customers that a filtered page reads in one round, in less than 1 MB of the index. */
const filteredPage = 1000

/** Lists customers by identifier, from an index; each is read strongly. With a filter, 6,000 are looked at. */
export async function findCustomers(
  table: Table,
  query: CustomerQuery,
  page: PageRequest,
): Promise<Page<Customer>> {
  const { status, organisation, id = '', email } = query
  const isNamed = searchFor(organisation)
  const fits = (customer: ProposedCustomer) =>
    (status ?? customer.status) === customer.status &&
    customer.id.startsWith(id) &&
    isNamed(customer.organisation)
  const propose = email === undefined ? proposeByName : proposeByEmail
  const { items, next } = await propose(table, query, fits, page)
  const customers = await readCustomers(
    table,
    items.map((customer) => customer.id),
  )
  return { items: customers.filter(fits), next }
}

type Fits = (customer: ProposedCustomer) => boolean

function proposeByName(
  table: Table,
  { id, status, organisation }: CustomerQuery,
  fits: Fits,
  page: PageRequest,
) {
  const isFiltered = status !== undefined || organisation !== undefined
  return fillFilteredPage(
    page,
    { rounds, pageSize: filteredPage, fits: isFiltered ? fits : undefined },
    (part) => proposeCustomers(table, { ...part, prefix: id }),
    positionOf,
  )
}

/** Customers at which a user has the address now, by the claim itself. */
async function proposeByEmail(
  table: Table,
  { email = '' }: CustomerQuery,
  _fits: Fits,
  { limit, after }: PageRequest,
): Promise<Page<{ id: string }>> {
  const claimed = await listCustomersClaiming(table, email)
  const ids = claimed.map(({ customerId }) => customerId).filter((id) => id > (after?.customer ?? ''))
  const pageIds = ids.slice(0, limit)
  const claims = await table.getMany(pageIds.map((id) => keys.email(id, email)))
  const items = pageIds.filter((_id, place) => holderNow(asClaim(claims[place]))).map((id) => ({ id }))
  const last = pageIds.at(-1)
  return { items, next: ids.length > limit && last !== undefined ? { customer: last } : undefined }
}
