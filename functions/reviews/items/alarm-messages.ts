/** What the log says that an alarm waits for. */
export const messages = {
  /** Something of a review couldn't be applied or verified for twenty minutes and more: it can't close over it. */
  stuck: "a review doesn't come to its end",
} as const
