import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A network that loses answers: the app has seen the request and acted on it, the browser never hears of it. */
export interface LossyRelay {
  readonly origin: string
  readonly passed: () => number
  readonly lost: () => number
  /** Where requests go. */
  aimAt(port: number): void
  /** Every nth answer is lost from now on; 0 loses none. */
  loseEvery(nth: number): void
  close(): void
}

export async function lossyRelay(): Promise<LossyRelay> {
  let [port, nth, answered, lost] = [0, 0, 0, 0]
  const server = createServer((incoming, outgoing) =>
    forward(incoming, port, (answer) => {
      answered += 1
      if (nth === 0 || answered % nth !== 0) return pass(answer, outgoing)
      lost += 1
      answer.resume()
      outgoing.destroy()
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    passed: () => answered - lost,
    lost: () => lost,
    aimAt: (to) => {
      port = to
    },
    loseEvery: (every) => {
      nth = every
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

function forward(incoming: IncomingMessage, port: number, answered: (answer: IncomingMessage) => void): void {
  const { method, url, headers } = incoming
  const onward = request({ host: '127.0.0.1', port, method, path: url, headers, agent: false }, answered)
  onward.on('error', () => incoming.destroy())
  incoming.pipe(onward)
}

function pass(answer: IncomingMessage, outgoing: ServerResponse): void {
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
  answer.on('error', () => outgoing.destroy())
  answer.pipe(outgoing)
}
