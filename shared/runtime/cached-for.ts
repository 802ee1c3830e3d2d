/**
 * Caches what `read` returns. It is read again once it is `milliseconds` old: a secret that was taken away is in force for
 * no longer. A failed read throws and is not cached, so that the next call reads again. `read` gets the expired value.
 */
export function cachedFor<T>(
  milliseconds: number,
  read: (expired: T | undefined) => Promise<T>,
  now: () => number = () => Date.now(),
): () => Promise<T> {
  let cached: { value: T; until: number } | undefined
  return async () => {
    const time = now()
    if (!cached || time >= cached.until)
      cached = { value: await read(cached?.value), until: time + milliseconds }
    return cached.value
  }
}

export const minutes = (count: number): number => count * 60_000
