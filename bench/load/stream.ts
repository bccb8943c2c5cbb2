import { connect } from 'node:net'
import { performance } from 'node:perf_hooks'
import { requestBytes } from './connection.ts'

/** An open event stream. */
export interface Stream {
  /** When its session's first event came. */
  readonly opened: Promise<void>
  /** When it was told of the end: `performance.now()`. */
  readonly ended: Promise<number>
  close(): void
}

export function openStream(port: number, origin: string, cookie: string): Stream {
  const opened = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<number>()
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  socket.setEncoding('latin1')
  socket.write(requestBytes({ path: '/api/session/events', origin, cookie }))
  socket.on('data', (text: string) => {
    if (text.includes('event: timeouts')) opened.resolve()
    if (text.includes('event: ended')) ended.resolve(performance.now())
  })
  socket.on('error', opened.reject)
  socket.on('close', () => opened.reject(new Error('a stream was closed before it began')))
  // Nobody may be waiting for it any more.
  opened.promise.catch(() => {})
  return { opened: opened.promise, ended: ended.promise, close: () => socket.destroy() }
}
