/** What only the log says, and alarms wait for. */
export const messages = {
  lost: "Keystone can't be reached",
  /** Something has to be mended first. */
  failed: 'a project could not be made as it should be in OpenStack',
} as const
