import { connect } from 'node:net'

/** An answer, as far as the benchmarks look at it. */
export interface Answer {
  readonly status: number
  readonly body: string
}

/** One kept-alive connection that sends one request after the other. */
export interface Connection {
  send(request: Buffer): Promise<Answer>
  close(): void
}

/**
 * A client of a few lines on the bare socket: Node's own costs nearly as much for a request as the server does, and the
 * two share this machine. It understands what a Next server answers to a GET or a small POST, no more.
 */
export function openConnection(port: number): Connection {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let text = ''
  let waiting: { resolve(answer: Answer): void; reject(error: Error): void } | null = null

  function settle(answer: Answer): void {
    const { resolve } = waiting ?? {}
    waiting = null
    text = ''
    resolve?.(answer)
  }

  function failed(error: Error): void {
    waiting?.reject(error)
    waiting = null
  }

  socket.setEncoding('latin1')
  socket.on('data', (part: string) => {
    text += part
    const answer = parse(text)
    if (answer) settle(answer)
  })
  socket.on('error', failed)
  socket.on('close', () => failed(new Error('the server closed the connection')))
  return {
    send(request) {
      return new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(new Error('the server had closed the connection'))
        waiting = { resolve, reject }
        socket.write(request)
      })
    },
    close: () => socket.destroy(),
  }
}

/** The answer, once all of it is there. */
function parse(text: string): Answer | null {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return null
  const status = Number(text.slice(9, 12))
  const head = text.slice(0, end)
  const body = text.slice(end + 4)
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  if (length !== undefined) return body.length >= Number(length) ? { status, body } : null
  if (!/\r\ntransfer-encoding: chunked/i.test(head)) return { status, body: '' }
  return body.endsWith('0\r\n\r\n') ? { status, body } : null
}

export interface RequestParts {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly origin: string
  readonly cookie?: string
  /** A bearer token. */
  readonly token?: string
  /** Sent as the address that a proxy in front has seen. */
  readonly from?: string
  readonly json?: unknown
}

/** The bytes of a request, made once and sent often. Its headers are those of a script in a browser. */
export function requestBytes({ method = 'GET', path, origin, cookie, token, from, json }: RequestParts): Buffer {
  const body = json === undefined ? '' : JSON.stringify(json)
  const headers = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${new URL(origin).host}`,
    'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
    'Accept: */*',
    'Accept-Language: en-GB,en;q=0.5',
    'Sec-Fetch-Dest: empty',
    'Sec-Fetch-Mode: cors',
    'Sec-Fetch-Site: same-origin',
    ...(cookie ? [`Cookie: ${cookie}`] : []),
    ...(token ? [`Authorization: Bearer ${token}`] : []),
    ...(from ? [`X-Forwarded-For: ${from}`] : []),
    ...(method === 'GET' ? [] : [`Origin: ${origin}`]),
    ...(json === undefined ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`]),
  ]
  return Buffer.from(`${headers.join('\r\n')}\r\n\r\n${body}`)
}

/** One request on a connection of its own. */
export async function sendOnce(port: number, parts: RequestParts): Promise<Answer> {
  const connection = openConnection(port)
  try {
    return await connection.send(requestBytes(parts))
  } finally {
    connection.close()
  }
}
