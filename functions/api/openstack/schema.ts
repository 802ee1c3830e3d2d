import * as v from 'valibot'
import { Line, Moment, object } from '../routing/schema-types.ts'

export const OpenStack = object('The project as OpenStack has it.', {
  state: v.picklist(['off', 'pending', 'ready', 'failed']),
  name: Line,
  projectId: v.optional(Line),
  error: v.optional(Line),
  since: Moment,
})
