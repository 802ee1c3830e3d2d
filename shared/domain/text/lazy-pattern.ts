/**
 * A pattern that is made when it is needed first. A literal is read with its module, and one with classes of Unicode takes a
 * millisecond or more of a cold start then, whether or not it is used.
 */
export function lazyPattern(source: string, flags: string): () => RegExp {
  let pattern: RegExp | undefined
  return () => (pattern ??= new RegExp(source, flags))
}
