/** Log messages that CloudWatch alarms filter on; changing one disables its alarm. */
export const messages = {
  unreachable: "Keystone can't be reached",
  /** Somebody has to mend something first. */
  projectFailed: 'a project could not be made as it should be in OpenStack',
} as const
