import { asProject } from '../../../../shared/records/projects.ts'
import { keys, parseCleanupKey } from '../../../../shared/table/keys.ts'
import { because, seedScene } from '../changes.ts'
import { confirm, settle } from './worker.ts'
import type { World } from '../world.ts'

type Caller = 'owner' | 'admin' | 'operator'

/** A scene of its own whose projects are ready in OpenStack, a moment later. */
export async function seedOpenStack(world: World) {
  const { table } = world
  const scene = await seedScene(world)
  const { customerId, at, token, id } = scene
  const web = `/projects/${id.web}`
  const pass = (milliseconds = 1000) => world.setTime(new Date(world.now().getTime() + milliseconds))
  const as = (
    by: Caller,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => world.send(method, `${at}${path}`, token[by], body, { ...because, ...headers })
  await settle(table, customerId)
  pass()
  return {
    ...scene,
    /** The path of a project with members. */
    web,
    pass,
    as,
    /** With the ETag of what is there. */
    asMatching: async (by: Caller, method: string, path: string, of: string, body?: unknown) =>
      as(by, method, path, body, { 'if-match': await scene.etag(of, token.operator) }),
    /** The project is being deleted then. */
    async remove(by: Caller = 'admin', query = '') {
      const headers = { 'if-match': await scene.etag(web, token.operator) }
      const answer = await as(by, 'DELETE', `${web}${query}`, undefined, headers)
      pass()
      return answer
    },
    async confirm() {
      await confirm(table, customerId, id.web)
      pass()
    },
    async readProject() {
      const project = asProject(await table.get(keys.project(customerId, id.web)))
      if (!project) throw new Error('there is no such project')
      return project
    },
    /** Of the project's deletion, the newest first. */
    deletionEvents: async () =>
      (await scene.events()).filter(({ type }) => String(type).startsWith('project.delet')),
    /** What the clean-up is told to look at. */
    async toldToCleanUp() {
      const told: unknown[] = []
      const query = { partition: keys.customer(customerId).pk, prefix: 'CLEANUP#' }
      for await (const item of table.queryAll(query)) told.push(parseCleanupKey(item))
      return told
    },
  }
}

export type OpenStackScene = Awaited<ReturnType<typeof seedOpenStack>>
