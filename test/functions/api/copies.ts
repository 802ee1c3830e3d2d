import { ScanCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import type { AssignableType } from '../../../shared/domain/entities/user-type.ts'
import type { Item } from '../../../shared/table/item.ts'
import { type Ask, mailOf, type Parties, type Told } from './parties.ts'

/** A customer like the template: its users' and projects' ids are the same at every copy, and so are the logins. */
export type Copy = Template & { items: Item[] }
export type Template = {
  c: string
  path: string
  users: Record<string, string>
  projects: Record<string, string>
  /** Id of the review that is under way, if one is. */
  review?: string
}

type Tell = (ask: Ask) => Promise<Told>

const template = 'TPL000001'
const root = `/v1/customers/${template}`

/**
 * Makes the template over HTTP, with the project `old` from before its people and `web` from after, and then copies of
 * it in one write each. `people`: everybody's type; all but `eve` have used their invitation.
 */
export async function startCopies(
  { ask, documents, name }: Parties,
  people: Record<string, AssignableType>,
  more: (template: Template, told: Tell) => Promise<Pick<Template, 'review'> | void> = async () => {},
): Promise<(isCopied?: (item: Item) => boolean) => Promise<Copy>> {
  async function told(request: Ask): Promise<Told> {
    const answer = await ask('', request)
    if (answer.status >= 300) throw new Error(`${request.method} ${request.path}: ${answer.text}`)
    return answer
  }
  const add = async (path: string, body: object) =>
    (await told({ who: 'operator', method: 'POST', path, body })).body ?? {}

  const mainCustomer = { name: 'Olga', email: mailOf('owner') }
  const customer = await add('/v1/customers', { id: template, organisation: 'Template', mainCustomer })
  const users: Template['users'] = { owner: String(customer.mainCustomerId) }
  const projects: Template['projects'] = {}
  const addProject = async (project: string) => {
    projects[project] = String((await add(`${root}/projects`, { name: project })).id)
  }
  await addProject('old')
  for (const [who, type] of Object.entries(people)) {
    users[who] = String((await add(`${root}/users`, { email: mailOf(who), name: who, type })).id)
  }
  await addProject('web')
  for (const [who, id] of Object.entries(users)) {
    if (who !== 'eve') await told({ who, method: 'GET', path: `${root}/users/${id}` })
  }
  const added = await more({ c: template, path: root, users, projects }, told)
  const { Items = [] } = await documents.send(new ScanCommand({ TableName: name, ConsistentRead: true }))
  const items = (Items as Item[]).filter(({ pk }) => !pk.endsWith('#EVENTS') && !pk.startsWith('K#'))

  let count = 0
  return async (isCopied = () => true) => {
    const c = `SCN${String(++count).padStart(6, '0')}`
    const text = JSON.stringify(items.filter(isCopied)).replaceAll(template, c)
    const copied = JSON.parse(text) as Item[]
    const puts = copied.map((Item) => ({ Put: { TableName: name, Item } }))
    await documents.send(new TransactWriteCommand({ TransactItems: puts }))
    return { c, path: `/v1/customers/${c}`, users, projects, ...added, items: copied }
  }
}

/** The main-customer offers the ownership. */
export async function offerTo(who: string, { path, users }: Template, told: Tell): Promise<void> {
  const { etag = '' } = await told({ who: 'owner', method: 'GET', path })
  const offer = { who: 'owner', method: 'POST', path: `${path}/ownership-transfer`, body: { to: users[who] } }
  await told({ ...offer, headers: { 'if-match': etag } })
}
