/** Milliseconds of CPU, of all threads of this process, that the work takes at the least of several times. */
export async function leastCpu(times: number, work: () => Promise<() => Promise<unknown>>): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let time = 0; time < times; time++) {
    const prepared = await work()
    const start = process.cpuUsage()
    await prepared()
    const { user, system } = process.cpuUsage(start)
    least = Math.min(least, (user + system) / 1000)
  }
  return least
}
