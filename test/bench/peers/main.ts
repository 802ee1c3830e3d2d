import { benchDecide } from './decide.ts'
import { installPeers } from './install.ts'
import { runOracle } from './oracle/run.ts'
import { benchRequests } from './request.ts'

const [part = 'all', ...numbers] = process.argv.slice(2)
installPeers()
if (part === 'decide' || part === 'all') await benchDecide()
if (part === 'request' || part === 'all') await benchRequests()
if (part === 'oracle') {
  const [count, seed] = numbers.map(Number)
  process.exitCode = (await runOracle(count, seed)) ? 0 : 1
}
