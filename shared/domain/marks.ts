/**
 * More combining marks in a row than a text has in the Stream-Safe Text Format (UAX #15, 13): what normalising costs grows
 * with the square of their number.
 */
export const tooManyMarks = /\p{M}{31}/u
