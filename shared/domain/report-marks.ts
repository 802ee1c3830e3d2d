/** A hash of the chain. The prefix says what it is, and no spreadsheet takes it for a formula. */
export const hash = 'sha256-[\\w-]{43}'

/** A compact JWS (RFC 7515, section 7.1) whose signature has the 64 bytes of Ed25519. */
export const jws = '[\\w-]+\\.[\\w-]+\\.[\\w-]{86}'

/** What can be repeated at a terminal. */
export const word = '[\\w.@:-]{1,128}'
