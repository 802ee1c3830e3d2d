import * as v from 'valibot'
import { optOutByLink, setOptOut } from '../../../shared/mail/set-opt-out.ts'
import { anybody, mailbox } from '../authorization/access-rule.ts'
import { notFound } from '../authorization/denial.ts'
import { type RequestContext, parameter } from '../authorization/request-context.ts'
import { update } from '../changes/change-routes.ts'
import { strictObject } from '../routing/body-schema.ts'
import { custom, read } from '../routing/read-routes.ts'
import type { Route } from '../routing/route.ts'
import { mailPreferenceResource } from './preference-resource.ts'

const own = '/v1/me/mail'
const byLink = '/v1/mail/{t}'
const html = { status: 200, type: 'text/html' } as const

export const mailRoutes: readonly Route[] = [
  read({
    path: own,
    id: 'readMailPreference',
    summary: 'Do I get messages, at the e-mail address of my token?',
    right: mailbox,
    of: mailPreferenceResource,
  }),
  update({
    method: 'put',
    path: own,
    id: 'setMailPreference',
    summary: 'Get no messages at the e-mail address of the token, or get them again; of all customers',
    right: mailbox,
    of: mailPreferenceResource,
    body: strictObject({ optedOut: v.boolean('must be true or false') }),
    plan: ({ context, body }, preference) => setOptOut(context, preference, body),
  }),
  /** Changes nothing: scanners open a message's links before people do. */
  custom({
    method: 'get',
    path: byLink,
    id: 'askAboutMail',
    summary: 'The link at the end of every message: asks whether no more are wanted',
    right: anybody,
    response: html,
    respond: async (call) => {
      await mailboxOfLink(call)
      return page(call, 'No more messages from us to this address?', button)
    },
  }),
  /** The body is ignored: RFC 8058, section 3.2, fixes it. */
  custom({
    method: 'post',
    path: byLink,
    id: 'optOutOfMail',
    summary: 'No more messages, by the link of one; as mail programs do it with one click (RFC 8058)',
    right: anybody,
    response: html,
    respond: async (call) => {
      await optOutByLink(call.deps.table, await mailboxOfLink(call), call.now)
      return page(call, 'You get no more messages from us.', wayBack)
    },
  }),
]

async function mailboxOfLink(call: RequestContext): Promise<string> {
  const tokens = await call.deps.optOut?.()
  const mailboxHash = tokens?.open(parameter(call, 't'))
  if (mailboxHash === undefined) throw notFound('link')
  return mailboxHash
}

const button = '<form method="post"><button>No more messages</button></form>'
const wayBack = '<p>If you want them again: sign in, and say so (<code>PUT /v1/me/mail</code>).</p>'

/** No scripts, no external content, and no framing, which would allow clickjacking. */
const headers = {
  'Content-Security-Policy': "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
}

const page = ({ c }: RequestContext, title: string, rest: string): Response =>
  c.html(
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${rest}</html>`,
    200,
    headers,
  )
