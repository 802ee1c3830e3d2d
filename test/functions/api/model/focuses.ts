/**
 * What a run is mostly about. Where everything may happen, few things happen often enough to meet; `share` is how many of
 * the commands are of such runs.
 */
export const focuses = [
  { focus: 'everything', share: 0.4, commands: [] },
  {
    focus: 'types and what goes with them',
    share: 0.15,
    commands: ['changeUserType', 'putMember', 'removeMember', 'putAssignment'],
  },
  {
    focus: 'projects and admins at the same moment',
    share: 0.15,
    commands: ['createProject', 'changeUserType', 'createUser'],
  },
  {
    focus: 'the ownership',
    share: 0.1,
    commands: ['offerOwnership', 'acceptOwnership', 'forceOwnership', 'changeUserType', 'visit'],
  },
  {
    focus: 'servers that come back',
    share: 0.1,
    commands: ['putServer', 'deleteServer', 'putAssignment'],
  },
  {
    focus: 'logins and invitations',
    share: 0.1,
    commands: ['updateUser', 'unlinkLogin', 'visit', 'createUser', 'pause'],
  },
] as const
