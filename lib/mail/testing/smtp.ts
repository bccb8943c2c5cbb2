import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

/**
 * How the server takes a message: as it should; with a code to the recipient or to the message; not answering at all;
 * cutting the connection in the middle of the message, or at its end, when it has it and has not said so.
 */
export type Manner =
  | 'accept'
  | 'hang'
  | 'die in the middle'
  | 'lose the answer'
  | { readonly recipient: number }
  | { readonly message: number }

/** A real mail server on this machine, as bad as a test wants it. */
export interface MailServer {
  readonly port: number
  /** Everything that it has taken on, whether it said so or not. */
  readonly messages: string[]
  /** Answers how the next message is taken; `to` is its recipient. */
  manner: (to: string) => Manner
  /** Resolves when it has begun to hang. */
  readonly hanging: Promise<void>
  stop(): Promise<void>
}

/** Big enough that it arrives in several pieces, or small: the middle is wherever the first piece ends. */
export async function startMailServer(options: SMTPServerOptions = {}, port = 0): Promise<MailServer> {
  const hanging = Promise.withResolvers<void>()
  const cut = () => {
    for (const connection of server.connections)
      (connection as unknown as { _socket: { destroy(): void } })._socket.destroy()
  }
  const server: SMTPServer = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    closeTimeout: 1,
    logger: false,
    onRcptTo({ address }, _session, callback) {
      const manner = mail.manner(address)
      if (manner === 'hang') return hanging.resolve()
      callback(typeof manner === 'object' && 'recipient' in manner ? answer(manner.recipient) : null)
    },
    onData(stream, session, callback) {
      const manner = mail.manner(session.envelope.rcptTo[0]?.address ?? '')
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => {
        if (manner === 'die in the middle') return cut()
        chunks.push(chunk)
      })
      stream.on('end', () => {
        if (typeof manner === 'object' && 'message' in manner) return callback(answer(manner.message))
        mail.messages.push(Buffer.concat(chunks).toString('utf8'))
        if (manner === 'lose the answer') return cut()
        callback(null)
      })
    },
    ...options,
  })
  // A connection that the other side has given up is no news.
  server.on('error', () => undefined)
  const listening = server.listen(port, '127.0.0.1')
  await once(listening, 'listening')
  const mail: MailServer = {
    port: (listening.address() as AddressInfo).port,
    messages: [],
    manner: () => 'accept',
    hanging: hanging.promise,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        cut()
      }),
  }
  return mail
}

function answer(responseCode: number): Error {
  return Object.assign(new Error('no mail for secret-address@example.org'), { responseCode })
}
