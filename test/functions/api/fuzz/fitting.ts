import type { Random } from '../../../support/random.ts'
import { resolved, type Schema } from './document.ts'
import type { Place, Scene } from './scene.ts'

export type Given = { random: Random; scene: Scene; place: Place }

/** A value that fits the schema, and often what is there; `name` is of the field or parameter that it's for. */
export function fitting(given: Given, schema: Schema, name: string): unknown {
  const { random } = given
  const { type, anyOf, items, ...whole } = resolved(schema)
  if (whole.const !== undefined) return whole.const
  if (whole.enum) return random.pick(whole.enum)
  if (anyOf) return fitting(given, random.pick(anyOf), name)
  if (type === 'boolean') return random.chance(0.5)
  if (type === 'integer') return random.pick([1, 2, 50, 200])
  if (type === 'array') {
    const list = Array.from({ length: 1 + random.below(3) }, () => fitting(given, items ?? {}, name))
    return [...new Set(list)]
  }
  if (type === 'object') return fittingObject(given, whole, name)
  const texts = candidates(given, name).filter((text) => fitsText(whole, text))
  return texts.length > 0 ? random.pick(texts) : 'x'
}

function fittingObject(given: Given, { properties = {}, required = [] }: Schema, name: string): object {
  if (name === 'evaluations') return fittingObject(given, evaluation, 'evaluation')
  const fields = Object.entries(properties).filter(
    ([field]) => required.includes(field) || given.random.chance(seldom[field] ?? 0.4),
  )
  const least = Object.entries(properties)[0]
  if (fields.length === 0 && least) fields.push(least)
  return Object.fromEntries(fields.map(([field, schema]) => [field, fitting(given, schema, field)]))
}

/** What doesn't go with everything else. */
const seldom: Record<string, number> = { roles: 0.1, capabilities: 0.1, until: 0.1 }

/** The document leaves open what is evaluated: what is missing is taken from outside. */
const text: Schema = { type: 'string' }
const evaluation: Schema = {
  properties: {
    subject: { type: 'object', properties: { type: text, id: text }, required: ['type', 'id'] },
    action: { type: 'object', properties: { name: text }, required: ['name'] },
    resource: { type: 'object', properties: { type: text, id: text }, required: ['type', 'id'] },
  },
  required: ['subject', 'action', 'resource'],
}

export function fitsText(
  { minLength = 0, maxLength = Infinity, pattern, allOf = [] }: Schema,
  value: string,
): boolean {
  const { length } = [...value]
  if (length < minLength || length > maxLength) return false
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) return false
  return allOf.every((each) => fitsText(each, value))
}

const actions = ['project.read', 'compute.operate', 'server.power']

/** Texts that a field of that name could have; whether they fit is the schema's to say. */
function candidates({ random, scene, place }: Given, name: string): string[] {
  const { users, projects, servers, reviews, items } = place
  const known: Record<string, () => string[]> = {
    c: () => [place.id],
    u: () => [...users, ...users.slice(3, 4), ...users.slice(3, 4)],
    p: () => [...projects, ...projects, 'main'],
    s: () => [...servers, 'vps-1', 'vps-3'],
    r: () => reviews.slice(-2),
    i: () => items,
    item: () => items,
    reviewer: () => users,
    reviewers: () => ['admins', 'project', ...users.slice(0, 2)],
    // Of a scope.
    projects: () => projects.slice(0, 2),
    until: () => ['2026-12-30T00:00:00Z'],
    source: () => ['orders', 'orders', 'orders', 'panel'],
    id: () => [...Array.from({ length: 6 }, () => scene.newCustomerId()), ...users, ...projects, place.id],
    delivery: () => scene.deliveries,
    // The admin from the beginning.
    to: () => [...Array.from({ length: 8 }, () => users[1] ?? ''), ...users],
    keep: () => projects,
    email: () => [`${scene.newName()}@fuzz.example`, `${scene.newName()}@BÜCHER.example`],
    name: () => [scene.newName(), `Zoë ${scene.newName()} Ωμέγα`, ...actions],
    type: () => ['user', 'user', 'user_email', 'project', 'server', 'customer', 'user.created'],
    hostname: () => [`${scene.newName()}.fuzz.example`],
    country: () => ['NL', 'IE', 'JP'],
    phone: () => ['+31 (0)20 555-01 23'],
    expiresAt: () => ['2027-03-01T00:00:00Z', '2099-12-31T23:59:59.5+02:00', '2026-11-30T00:00:00Z'],
    after: () => ['2026-11-23T00:00:00Z'],
    before: () => ['2026-12-23T00:00:00.123456789Z'],
    resource: () => [`user/${users[0]}`, `project/${projects[0]}`],
    subject: () => [`user/${users[0]}`, `user/${users[1]}`],
    time: () => [scene.now().toISOString()],
    actor: () => ['operator/ops', `user/${users[0]}`],
    cursor: () => ['e30', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
  }
  const plain = [scene.newName(), 'Keizersgracht 62–64', '大手町 1-2-3', 'x'.repeat(1 + random.below(40))]
  return [...(known[name]?.() ?? []), ...(name in known ? [] : plain)]
}
