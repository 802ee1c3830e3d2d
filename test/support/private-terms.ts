import { globSync, readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { root } from './tally.ts'

/** Words that this house once had for what the field has a term for, as code and prose would say them. */
const terms: [pattern: RegExp, instead: string][] = [
  [/\b(goOn|goOnOpen|goOnApplying|goOnWithPass|mayGoOn)\b/, 'advance, continue, shouldContinue'],
  [/\b(lookAt|lookAgain|lookOnce|lookWell|nextLook)\b/, 'read, sync, scheduleNextRun'],
  [/\b(atHand|AtHand)\b|\bat hand\b/, 'current, context'],
  [/\b(letGo|setBack|makeSo|takeSteps|takeStep)\b|\blets? go of\b/, 'releaseLease, scheduleRetry, applyPlan'],
  [/\b(holdFrom|isHeldByOther|holdTime)\b/, 'lease'],
  [/\b(workOff|workOffWord|sayAndWorkOff)\b|\bwork(ed|s|ing)? off\b/, 'process'],
  [
    /\b(SpreadWord|findWord|rewordSpread|newSpread|wordsToOpenStack|leaveWord)\b|\b(leaves?|left) word\b/,
    'sync request',
  ],
  [/\b(wakeSpread|spreadAgain|spreadUser|spreadLeft|SPREAD)\b/, 'fan-out'],
  [/\b(touchProject|touchedAt)\b/, 'markProjectPending'],
  [/\b(wakeCleanup|wakeIfVoid|wakeWaiting)\b|\b(woken|wakes)\b/, 'request, trigger'],
  [/\b(Leftover|Remains|remainsOf)\b/, 'OrphanedGrant, CleanupPlan'],
  [/\bAwaited\b(?!<)|\b(Awaiting|waitsFor)\b|\b\w+OrWait\b/, 'PendingDependency, dependsOn'],
  [/\b(GivenUp|HttpEntrance)\b|\bgiven[- ]up\b/, 'dead-letter queue, API gateway'],
  [/\b(mapAtOnce|pauseAfter|cutPage|raiseExisting)\b/, 'mapConcurrent, retryDelay, trimPage, setIfGreater'],
  [
    /\b(standing|aboveCeiling|barred|heldSince|voidedSince)\b/,
    'effective grant, ceilingViolation, blockedReason',
  ],
  [/\b(a|the|this|each|one|of) spells?\b/, 'period'],
  [
    /\b(countingAfter|countingLast|joinsByType|pledgeOf|registerInMain|keptOfMain)\b/,
    'timestampAfter, isImplicitMember, offerFingerprint',
  ],
  [/\b(PairEnd|PairName|findPair|readPair|planPair)\b/, 'GrantTarget'],
  [/\b(plannedTogether|withNewType)\b/, 'mergeChanges, withUserType'],
  [
    /\b(brakeFor|settledOf|takeAway|takeAll|leftAlone|whatIsNotSo|rememberReview|seesOnlyOf)\b/,
    'revocation cap, revokeOrReduce',
  ],
  [
    /\b(noteUse|noteCall|noteEnforced|readCalendar|ReviewCalendar|Occasion)\b/,
    'recordUsage, ReviewSchedule, ReminderRound',
  ],
  [/\b(Gapped|ReportMarks|ReportLayout|followReport)\b/, 'PieceTemplate, ReportGrammar, parseReport'],
  [
    /\b(mayList|enterCall|letIn|enterAsUser|outsideParty|standIn|actingFor|mustShow|asker)\b/,
    'requires, authorize, placeholder, caller',
  ],
  [/\b(fitAnswer|AnsweredItem|findAnswered)\b/, 'compressOrReject, StoredResponse, etag'],
]

/** Files that name the terms, or quote what others wrote. */
const exempt = ['test/support/private-terms.ts', 'test/client/openapi.ts', 'functions/api/openapi.json']

/** Every line that says a private term, as `path:line: term → what the field says`. */
export function findPrivateTerms(paths: readonly string[], read: (path: string) => string): string[] {
  return paths
    .filter((path) => !exempt.includes(path))
    .flatMap((path) =>
      read(path)
        .split('\n')
        .flatMap((line, place) =>
          terms.flatMap(([pattern, instead]) => {
            const [said] = pattern.exec(line) ?? []
            return said === undefined ? [] : [`${path}:${place + 1}: ${said} → ${instead}`]
          }),
        ),
    )
}

export const housePaths = (): string[] =>
  globSync(['{functions,shared,infra,test}/**/*.{ts,md}', '*.{ts,md}', '.github/*.md'], {
    cwd: root,
    exclude: ['**/node_modules/**'],
  })

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const found = findPrivateTerms(housePaths(), (path) => readFileSync(`${root}/${path}`, 'utf8'))
  process.stdout.write(`${[...found, `${found.length} private terms`].join('\n')}\n`)
  process.exitCode = found.length > 0 ? 1 : 0
}
