import { documentedRoutes as routes } from '../../../infra/openapi/documented.ts'
import type { Sized } from '../customers.ts'
import type { Answer, Asked, Conversation } from './asked.ts'
import { changing } from './changing.ts'
import { granting } from './granting.ts'
import type { MeteredApi } from './metered-api.ts'
import { reading } from './reading.ts'
import { reviewing } from './reviewing.ts'
import { startScene } from './scene.ts'

/** A customer that was made a moment ago has no past to be read; its requests are counted in `test/functions/api/access-at`. */
const aboutThePast = 'listAccessAt'

/** Asks each route something, at a new customer, by kind of request. Fails if a route is left out. */
export async function converse(
  api: MeteredApi,
  sized: Sized,
  ask: (asked: Asked, kind: string) => Promise<Answer>,
): Promise<void> {
  const scene = await startScene(api, sized)
  const conversations: Record<string, Conversation> = {
    'A request that reads': reading(scene, sized),
    'A change of a membership or assignment': granting(scene),
    'A review': reviewing(scene, api.table),
    'Any other change': changing(scene, sized),
  }
  const seen = new Set<string>()
  for (const [kind, conversation] of Object.entries(conversations)) {
    let next = await conversation.next()
    while (!next.done) {
      seen.add(next.value.route)
      next = await conversation.next(await ask(next.value, kind))
    }
  }
  const missing = routes.filter(({ id }) => !seen.has(id) && id !== aboutThePast).map(({ id }) => id)
  if (missing.length > 0) throw new Error(`not asked: ${missing.join(', ')}`)
}
