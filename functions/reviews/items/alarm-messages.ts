/** Log messages that CloudWatch alarms filter on: changing one here alone would disable its alarm. */
export const messages = {
  /** An item couldn't be applied or verified for more than twenty minutes, so its review can't close. */
  stuck: "a review doesn't come to its end",
} as const
