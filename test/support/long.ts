/** How many times as much of what is random: 1 in `npm test`, 10 in `npm run test:long`. */
const times = Number(process.env.LATCHKEY_LONG ?? 1)

/** Of several long runs each sees other cases; `npm test` fails only for what was changed. `LATCHKEY_SEED` repeats a run. */
export const isLong = times > 1

/** `inLong` replaces the number in a long run, before it is multiplied: for tests that try less on a push. */
export const runs = (inTest: number, inLong = inTest) => (isLong ? inLong * times : inTest)

/** The same in each `npm test`, another in each long run. `fixed`: one that meets on a push what a test asks for. */
export const seedFrom = (fixed: number): number =>
  Number(process.env.LATCHKEY_SEED ?? (isLong ? Math.floor(Math.random() * 2 ** 31) : fixed))
export const seed = seedFrom(20261128)

/** Settings of a property: as many cases, of that seed. */
export const cases = (inTest: number) => ({ numRuns: runs(inTest), seed })
