import type { Followed, Status } from './follow-deliveries.ts'
import type { Refusal } from './post-deliveries.ts'

/** The states of a file's deliveries, in lines; `allWell` if each of them has been applied or superseded. */
export function summarize(
  ids: ReadonlySet<string>,
  followed: readonly Followed[],
  refusals: readonly Refusal[],
) {
  const count = (status: Status) => followed.filter((delivery) => delivery.status === status).length
  const known = new Set([...followed, ...refusals].map(({ id }) => id))
  const unknown = [...ids].filter((id) => !known.has(id))
  const unusual = { received: count('received'), refused: refusals.length, unknown: unknown.length }
  const counts = (['applied', 'superseded', 'waiting', 'failed'] as const).map(
    (status) => `${count(status)} ${status}`,
  )
  const others = Object.entries(unusual).flatMap(([name, number]) =>
    number > 0 ? [`${number} ${name}`] : [],
  )
  const problems = [
    ...followed.flatMap(({ id, type, status, reason }) =>
      status === 'applied' || status === 'superseded'
        ? []
        : [[status, id, type, reason ?? ''].join('  ').trimEnd()],
    ),
    ...refusals.map(({ id, reason }) => `refused  ${id}  ${reason}`),
    ...unknown.map((id) => `unknown  ${id}`),
  ]
  const total = `${ids.size} deliveries: ${[...counts, ...others].join(', ')}`
  return { lines: [...problems, total], allWell: problems.length === 0 }
}
