import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Wire } from './wire.ts'

/** Milliseconds that an answer may take on a busy machine; nothing waits longer. */
const patience = 15_000

/**
 * Everything that comes back until the connection ends. Rejects where it doesn't. `isCut`: the server has hung up on a
 * sender that didn't stop, by which the network may lose what was answered.
 */
export async function sendOverSocket(
  port: number,
  { pieces, ending }: Wire,
): Promise<{ bytes: Buffer; isCut: boolean }> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const received: Buffer[] = []
  const closed = Promise.withResolvers<void>()
  socket.on('data', (data) => received.push(data))
  let isCut = false
  socket.on('error', () => (isCut = true))
  socket.on('end', () => socket.end())
  socket.on('close', () => closed.resolve())
  try {
    await Promise.race([once(socket, 'connect'), closed.promise])
    socket.setNoDelay(true)
    for (const piece of pieces) if (!socket.destroyed) socket.write(piece)
    if (ending === 'half-close') socket.end()
    if (ending === 'hang up') {
      await pause(2)
      socket.destroy()
    }
    const isTooLate = await Promise.race([closed.promise, pause(patience, true, { ref: false })])
    if (isTooLate) throw new Error(`no end within ${patience} ms of ${JSON.stringify(received.join(''))}`)
    return { bytes: Buffer.concat(received), isCut }
  } finally {
    socket.destroy()
  }
}
