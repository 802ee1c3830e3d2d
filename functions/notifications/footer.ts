/** Where somebody who has the link of a message says that no more are wanted; below the API's base URL. */
export const optOutPath = (token: string) => `/v1/mail/${token}`

/** How every message ends. */
export const footer = (unsubscribe: string) =>
  `You get this because somebody has named your address here. If you want no messages from us, say so:\n${unsubscribe}`
