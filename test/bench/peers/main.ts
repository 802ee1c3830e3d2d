import { installPeers } from './install.ts'
import { runOracle } from './oracle/run.ts'

const [part, ...numbers] = process.argv.slice(2)
installPeers()
if (part === 'oracle') {
  const [count, seed] = numbers.map(Number)
  process.exitCode = (await runOracle(count, seed)) ? 0 : 1
}
