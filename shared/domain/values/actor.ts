/** The author of a change: a person, an operator, the order system, a review or the service itself. */
export type Actor = {
  kind: 'user' | 'operator' | 'webhook' | 'review' | 'system'
  id: string
  name?: string | undefined
}

/** An actor's name in grants and events: `webhook:orders`. */
export const actorName = ({ kind, id }: Actor): string => `${kind}:${id}`

/** Id of the user with such a name; `undefined` for any other actor. */
export const userNamed = (name: string): string | undefined =>
  name.startsWith('user:') ? name.slice('user:'.length) : undefined
