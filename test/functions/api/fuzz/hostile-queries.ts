import type { Random } from '../../../support/random.ts'

/** Queries that no operation takes, or not like that. */
const queries: readonly string[] = [
  ['x=1', '__proto__=1', '__proto__[polluted]=true', 'constructor=1', 'toString=1'],
  ['dryRun', 'dryRun=', 'dryRun=1', 'dryRun=TRUE', 'dryRun=true&dryRun=false', 'dryRun=true&dryRun=true'],
  ['dryRun[]=true', 'DRYRUN=true', 'dryRun=true%00', 'dryRun=false'],
  ['limit=0', 'limit=-1', 'limit=201', 'limit=abc', 'limit=1.5', 'limit=1e2', 'limit=0x10', 'limit=+5'],
  ['limit=%205', 'limit=05', 'limit=%D9%A3', 'limit=99999999999999999999', 'limit=', 'limit=1&limit=1'],
  ['limit[]=1'],
  ['cursor=', 'cursor=e30', 'cursor=%00', `cursor=${'A'.repeat(9000)}`],
  ['cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'cursor=%ff'],
  ['status=', 'status=active&status=closed', 'status=%00'],
  ['type=main-customer%20', 'type=__proto__', 'type='],
  ['email=a', `email=${'x'.repeat(2000)}@x.example`, 'email=%F0%9F%92%A5@x.example'],
  ['email=a@x.example&email=b@x.example'],
  ['resource=', 'resource=user/', 'resource=user/usr_x/y', 'resource=%23'],
  [`resource=user/${'x'.repeat(3000)}`, 'resource=%00', `resource=${'💥'.repeat(600)}`],
  ['actor=', 'actor=%ED%A0%80', `actor=${'x'.repeat(5000)}`, `type=${'x'.repeat(5000)}`, 'type=%7c%23'],
  ['after=1e400', 'after=2026-11-23', 'after=-271821-04-20T00:00:00Z'],
  ['after=9999-12-31T23:59:59.999999999Z', 'before=0000-01-01T00:00:00Z'],
  ['after=2027-01-01T00:00:00Z&before=2026-01-01T00:00:00Z', 'before=2026-11-23T12:00:00+02:00'],
  ['source=', 'source=%23', 'source=__proto__', `source=${'x'.repeat(65)}`],
  ['%', '%=%', '%zz=1', '%ff=%fe', '=', '=&=', '&&&&', '?', 'a=b?c=d', '+=+', 'a;b=c', '%00=%00'],
  [`${'x'.repeat(6000)}=1`, `x=${'y'.repeat(6000)}`],
  [Array.from({ length: 600 }, (_, place) => `p${place}=1`).join('&')],
  [Array.from({ length: 900 }, () => 'limit=1').join('&')],
].flat()

export function pickQuery(random: Random): string {
  const query = random.pick(queries)
  return random.chance(0.15) ? `${query}&${random.pick(queries)}` : query
}
