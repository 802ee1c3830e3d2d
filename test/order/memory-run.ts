import { randomArrival, randomHistory } from './random-history.ts'
import { judge, render } from './judge.ts'
import { startMemory } from './memory.ts'

const [from = 1, to = 21, printed = 2] = process.argv.slice(2).map(Number)
let told = 0
let count = 0
const began = Date.now()
const kinds = new Map<string, number>()
for (let seed = from; seed < to; seed++) {
  const history = randomHistory(seed)
  for (let order = 0; order < 4; order++) {
    const arrival = randomArrival(history, seed * 4 + order)
    const service = startMemory()
    count++
    try {
      const [difference] = await judge(service as never, [{ seed, history, arrival }])
      if (difference && told++ < printed) console.log(render(difference))
      else if (difference) console.log(seed, order, difference.missing, difference.surplus)
      if (difference) kinds.set('difference', (kinds.get('difference') ?? 0) + 1)
    } catch (error) {
      if (told++ < printed) console.log(seed, order, error)
    }
    for (const failure of service.failures) if (told++ < printed) console.log('failure', seed, order, failure)
  }
}
console.log(`${count} from ${from}: ${told} differ, ${Math.round((Date.now() - began) / 1000)} s`)
