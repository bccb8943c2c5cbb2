import 'server-only'
import { isLoopback } from './address.ts'
import { type Reader, WrongValue } from './reader.ts'

/** Where mail goes and whom it comes from. */
export interface MailSettings {
  /** `smtp://` or `smtps://`, user and password in it; null writes files instead. Never to be logged. */
  readonly smtpUrl: string | null
  /** The header's value: `address`, or `"Name" <address>`. */
  readonly from: string
}

const NOBODY = '"Signet" <signet@localhost>'

export function readMail(reader: Reader): MailSettings {
  const smtpUrl = reader.read('SMTP_URL', parseSmtpUrl, { secret: true }) ?? null
  const from = reader.read('MAIL_FROM', parseSender)
  if (reader.text('SMTP_URL') !== undefined && reader.text('MAIL_FROM') === undefined) {
    reader.problem('MAIL_FROM is missing, and SMTP_URL is set. Set MAIL_FROM="Signet <signet@example.org>".')
  }
  return { smtpUrl, from: from ?? NOBODY }
}

/** How to speak with the mail server. Certificates are always checked. */
export interface SmtpServer {
  readonly host: string
  readonly port: number
  /** TLS from the first byte; otherwise STARTTLS, which must be there unless the server is on this machine. */
  readonly secure: boolean
  readonly local: boolean
  readonly auth: { readonly user: string; readonly pass: string } | null
}

const SMTP_FORM = 'Set smtps://USER:PASSWORD@HOST, or smtp://USER:PASSWORD@HOST:587.'

function parseSmtpUrl(text: string): string {
  const url = URL.parse(text)
  if (!url || !/^smtps?:$/.test(url.protocol) || !url.hostname)
    throw new WrongValue(`names no mail server. ${SMTP_FORM}`)
  // Options in the address could switch TLS off without anybody noticing.
  if (!/^\/?$/.test(url.pathname) || url.search || url.hash) {
    throw new WrongValue(`has something after the host. ${SMTP_FORM}`)
  }
  if ((url.username === '') !== (url.password === '')) {
    throw new WrongValue(`has a user without a password, or a password without a user. ${SMTP_FORM}`)
  }
  if (decoded(url.username) === null || decoded(url.password) === null) {
    throw new WrongValue(`has a % that encodes nothing. Write it as %25. ${SMTP_FORM}`)
  }
  return text
}

/** @param text what `parseSmtpUrl` let through */
export function smtpServer(text: string): SmtpServer {
  const { protocol, hostname, port, username, password } = new URL(text)
  const secure = protocol === 'smtps:'
  const standard = secure ? 465 : 587
  return {
    // A URL writes an IPv6 address in brackets, a socket does not.
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? standard : Number(port),
    secure,
    local: isLoopback(`http://${hostname}`),
    auth: username === '' ? null : { user: decoded(username) ?? '', pass: decoded(password) ?? '' },
  }
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

const ADDRESS = /^[^\s@<>()[\]\\,;:"\p{Cc}]+@[^\s@<>()[\]\\,;:"\p{Cc}]+$/u

/** An address that is one address, whoever reads it, with no room for a second one or for another header. */
export function isPlainAddress(text: string): boolean {
  return text.length <= 254 && ADDRESS.test(text)
}

function parseSender(text: string): string {
  const match = /^"?([^"<>\\\p{Cc}]*?)"?\s*<([^<>]*)>$/u.exec(text)
  const name = match?.[1]?.trim() ?? ''
  const address = match ? (match[2] ?? '') : text
  if (!isPlainAddress(address)) {
    throw new WrongValue('is no sender. Set an address, or a name with one, such as Signet <signet@example.org>.')
  }
  return name === '' ? address : `"${name}" <${address}>`
}
