/** A mail as it arrives. Enough of MIME for what Signet sends; tests only. */
export interface Received {
  /** Names in lower case; of two headers with one name, both. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  readonly text: string
  readonly html: string
}

export function received(raw: string): Received {
  const { headers, body } = partOf(raw)
  const boundary = /boundary="([^"]+)"/.exec(headers.get('content-type')?.[0] ?? '')?.[1]
  if (!boundary) throw new Error('not a multipart message')
  const parts = body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => partOf(part.replace(/^\r\n|\r\n$/g, '')))
  const bodyOf = (type: string) => {
    const part = parts.find((each) => each.headers.get('content-type')?.[0]?.startsWith(type))
    return part ? decoded(part) : ''
  }
  return { headers, text: bodyOf('text/plain'), html: bodyOf('text/html') }
}

interface Part {
  readonly headers: ReadonlyMap<string, readonly string[]>
  readonly body: string
}

function partOf(raw: string): Part {
  const end = raw.indexOf('\r\n\r\n')
  const headers = new Map<string, string[]>()
  for (const line of raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')) {
    const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(line) ?? []
    headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), value])
  }
  return { headers, body: raw.slice(end + 4) }
}

function decoded({ headers, body }: Part): string {
  const encoding = headers.get('content-transfer-encoding')?.[0]
  if (encoding === 'base64') return lines(Buffer.from(body, 'base64').toString('utf8'))
  if (encoding !== 'quoted-printable') return lines(body)
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return lines(Buffer.from(bytes, 'latin1').toString('utf8'))
}

function lines(text: string): string {
  return text.replace(/\r\n/g, '\n')
}
