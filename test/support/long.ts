/** True in `npm run test:long`, which runs ten times as much of what is random. */
export const isLong = process.env.LATCHKEY_LONG === '1'

export const runs = (inTest: number) => (isLong ? inTest * 10 : inTest)
