import { describe, expect, it } from 'vitest'
import {
  markReady,
  markFailed,
  deleteRecord,
  acquireLease,
  releaseLease,
  scheduleRetry,
} from '../../../../functions/openstack/converge/record-result.ts'
import { addMilliseconds } from '../../../../shared/domain/values/instant.ts'
import { markProjectPending } from '../../../../shared/openstack/sync/store.ts'
import { KeystoneError } from '../../../../shared/openstack/transport/errors.ts'
import { startTestEngine } from '../../../support/engine.ts'
import { emptyDiff, startRuns } from '../bare-run.ts'

const engine = await startTestEngine()
const runs = await startRuns(engine)
const { table, clock, now, freshRun, recordOf, runOf, write } = runs
const later = (milliseconds: number) => addMilliseconds(now(), milliseconds)
const ready = () => ({ state: 'ready', since: now(), keystoneId: 'k1', suspended: false }) as const
const unreachable = new KeystoneError('unreachable', "https://keystone.internal can't be reached")
const stale = { code: 'stale' }

describe('a run that makes steps', () => {
  it('leases the project for two minutes; it is pending meanwhile and due after them', async () => {
    const run = freshRun()
    const known = await write(run, ready())
    clock.move(1000)
    const leased = await acquireLease(run, known)
    const until = later(120_000)
    expect(leased).toMatchObject({ state: 'pending', since: now(), due: until, lease: { id: 'r1', until } })
    expect(await recordOf(run)).toMatchObject({ version: leased.version, lease: { id: 'r1', until } })
  })

  it('keeps since when a project is pending or has failed', async () => {
    const run = freshRun()
    const since = now()
    const known = await write(run, { state: 'failed', since, error: 'x' })
    clock.move(1000)
    expect(await acquireLease(run, known)).toMatchObject({ state: 'failed', since })
  })

  it('cannot lease a project that was marked since it was read, or is leased by another run', async () => {
    const run = freshRun()
    const known = await write(run, ready())
    await table.transact([markProjectPending(run.ref, now())])
    await expect(acquireLease(run, known)).rejects.toMatchObject(stale)
    const other = freshRun()
    await acquireLease(other, undefined)
    await expect(acquireLease(runOf(other.ref.projectId, 'r2'), undefined)).rejects.toMatchObject(stale)
  })

  it('releases its own lease only, and the project is due at once', async () => {
    const run = freshRun()
    await acquireLease(run, undefined)
    await releaseLease(runOf(run.ref.projectId, 'r2'))
    expect(await recordOf(run)).toMatchObject({ lease: { id: 'r1' } })
    await releaseLease(run)
    expect(await recordOf(run)).toMatchObject({ lease: undefined, due: now() })
  })
})

describe('a project that matches the directory', () => {
  it('is ready, without the errors of before', async () => {
    const run = freshRun()
    const failed = { error: 'x', failures: 3, drift: 'd', lease: { id: 'r1', until: later(9) }, due: now() }
    const known = await write(run, { state: 'failed', since: now(), keystoneId: 'k0', ...failed })
    clock.move(1000)
    expect(await markReady(run, known, emptyDiff(), 'k1')).toBe('ready')
    const { version: _, ...record } = (await recordOf(run)) ?? {}
    expect(record).toEqual({ ...run.ref, ...ready(), suspended: false })
  })

  it('is due when its first membership expires', async () => {
    const run = freshRun()
    const expiresAt = later(60_000)
    await markReady(run, undefined, emptyDiff({ expiresAt }), 'k1')
    expect(await recordOf(run)).toMatchObject({ state: 'ready', due: expiresAt })
  })

  it('is disabled where its customer is suspended', async () => {
    const run = freshRun()
    const { desired } = emptyDiff()
    await markReady(run, undefined, emptyDiff({ desired: { ...desired, suspended: true } }), 'k1')
    expect(await recordOf(run)).toMatchObject({ state: 'ready', suspended: true })
  })

  it('is not marked ready by a run that read it before it was marked pending', async () => {
    const run = freshRun()
    const known = await write(run, ready())
    await table.transact([markProjectPending(run.ref, now())])
    await expect(markReady(run, known, emptyDiff(), 'k1')).rejects.toMatchObject(stale)
    await expect(markReady(freshRun(), known, emptyDiff(), 'k1')).rejects.toMatchObject(stale)
    expect(await recordOf(run)).toMatchObject({ state: 'pending' })
  })

  it('keeps when it was marked pending, as an index may not have the change yet', async () => {
    const run = freshRun()
    await table.transact([markProjectPending(run.ref, now())])
    const markedAt = now()
    clock.move(1000)
    await markReady(run, await recordOf(run), emptyDiff(), 'k1')
    expect((await recordOf(run))?.markedAt).toBe(markedAt)
  })

  it('whose name is taken in Keystone has failed', async () => {
    const run = freshRun()
    const taken = { what: 'project', name: 'BGE000081_web', holderId: 'k9' } as const
    expect(await markReady(run, undefined, emptyDiff({ obstacles: [taken] }), undefined)).toBe('failed')
    expect(await recordOf(run)).toMatchObject({
      state: 'failed',
      error:
        'the name "BGE000081_web" is taken by another project in OpenStack: rename this project, or have the other one renamed',
      dependsOn: undefined,
    })
    const sibling = { projectId: 'prj_9', name: 'wéb' }
    await markReady(run, await recordOf(run), emptyDiff({ obstacles: [{ ...taken, sibling }] }), undefined)
    expect(await recordOf(run)).toMatchObject({
      error:
        'the name "BGE000081_web" is taken by the project "wéb", which OpenStack does not tell apart: rename one of them',
      dependsOn: 'prj_9',
    })
    await markReady(run, await recordOf(run), emptyDiff({ obstacles: [taken] }), undefined)
    expect((await recordOf(run))?.dependsOn).toBeUndefined()
  })

  it('loses its record once the directory has none', async () => {
    const run = freshRun()
    expect(await deleteRecord(run, await write(run, ready()))).toBe('gone')
    expect(await recordOf(run)).toBeUndefined()
    expect(await deleteRecord(run, undefined)).toBe('gone')
  })
})

describe('a project that cannot be converged', () => {
  it('has failed since the first time, and is retried after growing pauses', async () => {
    const run = freshRun()
    const since = now()
    const pauses: unknown[] = []
    for (let time = 1; time <= 4; time++) {
      await markFailed(run, await recordOf(run), { keystoneId: 'k1', errors: ['no'] })
      const record = await recordOf(run)
      expect(record).toMatchObject({ state: 'failed', since, failures: time, keystoneId: 'k1' })
      pauses.push(Date.parse(String(record?.due)) - clock.now().getTime())
      clock.move(1000)
    }
    expect(pauses).toEqual([5000, 10_000, 20_000, 40_000])
  })

  it.each([
    [['a'], 'a'],
    [['a', 'a'], 'a'],
    [['a', 'b', 'a', 'c'], 'a (and 2 more)'],
  ])('has an error: %j is %s', async (errors, error) => {
    const run = freshRun()
    await markFailed(run, undefined, { keystoneId: undefined, errors })
    expect(await recordOf(run)).toMatchObject({ error })
  })

  it('keeps its id in Keystone where it was known', async () => {
    const run = freshRun()
    await markFailed(run, await write(run, ready()), { keystoneId: undefined, errors: ['a'] })
    expect(await recordOf(run)).toMatchObject({ keystoneId: 'k1' })
  })
})

describe('a project while Keystone gives no answer', () => {
  it('is pending, with an error that has no address, and is due again within half a minute', async () => {
    const run = freshRun()
    await write(run, ready())
    clock.move(1000)
    const since = now()
    for (let time = 0; time < 6; time++) await scheduleRetry(run, unreachable)
    const record = await recordOf(run)
    expect(record).toMatchObject({ state: 'pending', since, failures: 6, keystoneId: 'k1' })
    expect(record?.error).toBe('OpenStack cannot be reached at the moment')
    expect(record?.due).toBe(later(30_000))
  })

  it('has failed where Keystone itself does', async () => {
    const run = freshRun()
    await scheduleRetry(run, new KeystoneError('failed', 'Keystone failed (500): oops'))
    expect(await recordOf(run)).toMatchObject({
      state: 'failed',
      error: 'OpenStack failed to do what it was asked for',
    })
  })

  it('is due at once if it was marked pending under the lease', async () => {
    const run = freshRun()
    await acquireLease(run, undefined)
    clock.move(1000)
    await table.transact([markProjectPending(run.ref, now())])
    await scheduleRetry(run, unreachable)
    expect(await recordOf(run)).toMatchObject({ state: 'pending', due: now() })
  })

  it('is due no later than its first membership expires', async () => {
    const run = { ...freshRun(), expiresAt: later(2_000) }
    await scheduleRetry(run, unreachable)
    expect((await recordOf(run))?.due).toBe(later(2_000))
  })

  it('is left alone if another run has the lease', async () => {
    const run = freshRun()
    await acquireLease(run, undefined)
    const before = await recordOf(run)
    await scheduleRetry(runOf(run.ref.projectId, 'r2'), unreachable)
    expect(await recordOf(run)).toEqual(before)
    clock.move(120_000)
    await scheduleRetry(runOf(run.ref.projectId, 'r2'), unreachable)
    expect(await recordOf(run)).toMatchObject({ failures: 1, lease: undefined })
  })
})
