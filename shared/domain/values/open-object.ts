import * as v from 'valibot'

/** An object whose unknown fields are ignored. `validate` refuses a list, which valibot takes for an object. */
export const openObject = <T extends v.ObjectEntries>(entries: T) =>
  ({ ...v.object(entries), takesNoList: true }) as const
