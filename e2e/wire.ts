import { connect } from 'node:net'

/**
 * What a server answers to bytes as they stand, for requests that no HTTP library would send: two lengths, no host, a
 * body that never comes. Waits until the server has answered its headers or closed the connection.
 */
export function wire(port: number, text: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let heard = ''
    const done = () => {
      socket.destroy()
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(heard)?.[1] ?? 0), text: heard })
    }
    socket.on('data', (part) => {
      heard += part.toString('latin1')
      if (heard.includes('\r\n\r\n')) done()
    })
    socket.once('end', done)
    socket.once('error', reject)
    socket.write(text, 'latin1')
  })
}
