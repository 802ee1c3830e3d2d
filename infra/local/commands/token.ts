import { requireService, runCommand } from '../client/local-service.ts'
import { takeMachineToken, takePersonToken } from '../client/take-token.ts'
import { type SigningAlgorithm, signingAlgorithms } from '../issuer/names.ts'
import { CliError } from '../cli-error.ts'

const usage = 'usage: npm run --silent token -- operator|check|<e-mail> [--alg RS256|ES256|EdDSA]'

await runCommand(async () => {
  const [who, option, algorithm] = process.argv.slice(2)
  const alg = option === undefined ? 'RS256' : readAlgorithm(option, algorithm)
  if (!who) throw new CliError(usage)
  process.stdout.write(`${await takeToken(who, alg)}\n`)
})

async function takeToken(who: string, algorithm: SigningAlgorithm): Promise<string> {
  if (who === 'operator' || who === 'check')
    return takeMachineToken(requireService(process.env), who, algorithm)
  if (!/^\S+@\S+$/.test(who))
    throw new CliError(`${who} is not operator, check or an e-mail address; ${usage}`)
  return takePersonToken(requireService(process.env), who, algorithm)
}

function readAlgorithm(option: string, value: string | undefined): SigningAlgorithm {
  const algorithm = signingAlgorithms.find((candidate) => candidate === value)
  if (option !== '--alg' || !algorithm) throw new CliError(usage)
  return algorithm
}
