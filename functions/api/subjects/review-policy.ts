import { readCalendar } from '../../../shared/directory/read-calendar.ts'
import type { ReviewCalendar } from '../../../shared/domain/review-calendar.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { customerOf } from '../call.ts'
import { presentReviewPolicy } from '../representations/review-policy.ts'
import type { Subject } from '../subject.ts'

export const theReviewPolicy: Subject<ReviewCalendar, Versioned<ReviewCalendar>> = {
  schema: 'reviewPolicy',
  name: 'review policy',
  load: (call) => readCalendar(call.deps.table, customerOf(call).id, call.now),
  show: (call, calendar) => presentReviewPolicy(customerOf(call), calendar, call.now),
}
