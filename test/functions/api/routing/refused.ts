import { expect } from 'vitest'
import { because, type Scene, send } from '../changes.ts'
import type { Answer } from '../world.ts'

export type Asked = [
  by: keyof Scene['token'],
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
]

/** Asks at the scene's customer, or for a whole path; operators say why. */
export function requester(scene: Scene) {
  return ([by, method, path, body, headers]: Asked): Promise<Answer> =>
    send(
      scene,
      { method, path: path.startsWith('/v1') ? path : `${scene.at}${path}`, token: scene.token[by], body },
      { ...(by === 'operator' && method !== 'GET' && because), ...headers },
    )
}

/** As `requester`, of what leaves no trace; what is told. */
export function refuser(scene: Scene) {
  const ask = requester(scene)
  return async (...asked: Asked) => {
    const before = await scene.events()
    const answer = told(await ask(asked))
    expect(await scene.events()).toEqual(before)
    return answer
  }
}

/** What a caller reads who wants to do better. */
export function told({ status, body: { code, detail, errors } }: Pick<Answer, 'status' | 'body'>) {
  return { status, code, detail, errors }
}

/** A refusal of the body that names these, each with what is wrong with it. */
export function naming(wrong: Record<string, string>) {
  const errors = Object.entries(wrong).map(([pointer, detail]) => ({ pointer, detail }))
  const detail = errors.map((error) => `${error.pointer} ${error.detail}`).join('; ')
  return { status: 400, code: 'invalid-request', detail, errors }
}
