/** Path of a message's opt-out link, below the API's base URL. */
export const optOutPath = (token: string) => `/v1/mail/${token}`

/** Last paragraph of every message. */
export const footer = (unsubscribe: string) =>
  `You get this because somebody has named your address here. If you want no messages from us, say so:\n${unsubscribe}`
