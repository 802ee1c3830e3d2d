import { isMainMember } from '../../../shared/domain/main-project.ts'
import type { User } from '../../../shared/domain/user.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { customerOf, userOf } from '../call.ts'
import { presentUser } from '../representations/user.ts'
import type { Subject } from '../subject.ts'

export const theUser: Subject<User, Versioned<User>> = {
  schema: 'user',
  name: 'user',
  load: userOf,
  show: (call, user) => presentUser(user, isMainMember(customerOf(call), user, call.now)),
}
