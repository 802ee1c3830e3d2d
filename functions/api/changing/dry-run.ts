import * as v from 'valibot'

/** What every changing route takes in its query. */
export const dryRun = v.optional(
  v.pipe(
    v.picklist(['true', 'false'], 'must be true or false'),
    v.transform((text) => text === 'true'),
  ),
)
