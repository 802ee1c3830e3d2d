import type { Beginning } from './start.ts'

type Focus = { focus: string; share: number; beginning: Beginning; commands: readonly string[] }

/**
 * What a run is mostly about. Where everything may happen, few things happen often enough to meet; `share` is how many of
 * the commands are of such runs.
 */
export const focuses: readonly Focus[] = [
  { focus: 'everything', share: 0.35, beginning: 'few', commands: [] },
  {
    focus: 'types and what goes with them',
    share: 0.15,
    beginning: 'few',
    commands: ['changeUserType', 'putMember', 'removeMember', 'putAssignment'],
  },
  {
    focus: 'projects and admins at the same moment',
    share: 0.15,
    beginning: 'few',
    commands: ['createProject', 'changeUserType', 'createUser'],
  },
  {
    focus: 'the ownership',
    share: 0.1,
    beginning: 'few',
    commands: ['offerOwnership', 'acceptOwnership', 'forceOwnership', 'changeUserType', 'visit'],
  },
  {
    focus: 'servers that come back',
    share: 0.1,
    beginning: 'few',
    commands: ['putServer', 'deleteServer', 'putAssignment'],
  },
  {
    focus: 'logins and invitations',
    share: 0.1,
    beginning: 'few',
    commands: ['updateUser', 'unlinkLogin', 'visit', 'createUser', 'pause'],
  },
  { focus: 'as many admins as there may be', share: 0.05, beginning: 'all admins', commands: ['createUser'] },
]
