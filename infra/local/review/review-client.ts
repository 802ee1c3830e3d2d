import * as v from 'valibot'
import { ask, type LocalService } from '../client/local-service.ts'
import { detailOf } from '../client/problem-detail.ts'
import { CliError } from '../cli-error.ts'
import { isOver, Review } from './review.ts'

const Page = v.object({ items: v.array(Review) })

export type ReviewClient = ReturnType<typeof reviewClient>

/** The reviews of a customer, for an operator. Throws a `CliError` with the service's message for an error response. */
export function reviewClient(service: LocalService, operatorToken: string, customer: string) {
  const reviews = `${service.origin}/v1/customers/${encodeURIComponent(customer)}/reviews`
  const authorization = `Bearer ${operatorToken}`
  const send = async (url: string, init: RequestInit = { headers: { authorization } }): Promise<unknown> => {
    const response = await ask(service, url, init)
    if (!response.ok) throw new CliError(`no review of ${customer}: ${await detailOf(response)}`)
    return response.json()
  }
  return {
    open: async (): Promise<Review> => {
      const headers = {
        authorization,
        'content-type': 'application/json',
        'x-reason': 'opened by npm run review',
      }
      return v.parse(Review, await send(reviews, { method: 'POST', headers, body: '{}' }))
    },
    get: async (id: string): Promise<Review> => v.parse(Review, await send(`${reviews}/${id}`)),
    /** A customer has one at a time, and lists begin with the newest. */
    findUnderWay: async (): Promise<Review | undefined> =>
      v.parse(Page, await send(reviews)).items.find((review) => !isOver(review)),
  }
}
