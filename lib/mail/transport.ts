import 'server-only'
import { createTransport, type SendMailOptions, type SMTPTransportOptions } from 'nodemailer'
import { isPlainAddress, smtpServer } from '#lib/config/mail.ts'
import { SECOND } from '#lib/time.ts'
import type { Message } from './compose.ts'

/**
 * What became of a message. `refused` is the receiver's last word on it; `failed` may go better another time, or the
 * answer was lost. `why` is for the log: codes only, for what a server says names the person.
 */
export type Delivery =
  | { readonly outcome: 'accepted' }
  | { readonly outcome: 'refused' | 'failed'; readonly why: string }

/** Hands a message over; never throws. It answers within `DELIVERY_TIMEOUT`, or soon after `signal`. */
export type Deliver = (message: Message, signal: AbortSignal) => Promise<Delivery>

/** Connecting, greeting, and each answer may take so long; and all of it together so long. Seconds. */
const SMTP_TIMEOUTS = { step: 10 * SECOND, whole: 30 * SECOND } as const

/** No delivery takes longer; a lease that does keeps two processes from sending one mail. Seconds. */
export const DELIVERY_TIMEOUT = SMTP_TIMEOUTS.whole + 5 * SECOND

/** @param url what the settings have let through */
export function smtpTransport(url: string, timeouts: { step: number; whole: number } = SMTP_TIMEOUTS): Deliver {
  const transport = createTransport(smtpOptions(url, timeouts.step))
  return async (message, signal) => {
    if (!isPlainAddress(message.to)) return { outcome: 'refused', why: 'not an address' }
    const timeout = AbortSignal.timeout(timeouts.whole * 1000)
    try {
      await transport.sendMail({ ...mimeOf(message), signal: AbortSignal.any([signal, timeout]) })
      return { outcome: 'accepted' }
    } catch (error) {
      return deliveryOf(error)
    }
  }
}

/** v5.0.0-12.3.1: TLS, with the certificate checked, unless the bytes never leave this machine. */
export function smtpOptions(url: string, step: number): SMTPTransportOptions {
  const { host, port, secure, local, auth } = smtpServer(url)
  return {
    host,
    port,
    secure,
    requireTLS: !secure && !local,
    // A server on this machine often has a certificate that nobody signed.
    ignoreTLS: !secure && local,
    ...(auth && { auth, forceAuth: true }),
    connectionTimeout: step * 1000,
    greetingTimeout: step * 1000,
    socketTimeout: step * 1000,
    dnsTimeout: step * 1000,
    socketCloseTimeout: 0,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

/** As nodemailer wants it. The address is handed over as one address, and is not taken apart. */
export function mimeOf(message: Message): SendMailOptions {
  const { messageId, from, to, date, subject, text, html } = message
  return {
    messageId,
    from,
    to: { name: '', address: to },
    date,
    subject,
    text,
    html,
    // RFC 3834 §5: no automatic answer to an automatic mail; Exchange goes by a header of its own.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    xMailer: false,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

/**
 * A 5xx to the recipient or to the message is an answer about this mail, and final (RFC 5321 §4.2.1). One before, to
 * the greeting, the password or the sender, is about the settings: mail waits until somebody has put them right. So
 * does 530, the wish for a password, and 503, which says that the two have lost each other.
 */
function deliveryOf(error: unknown): Delivery {
  const { code, command, responseCode } = error as { code?: unknown; command?: unknown; responseCode?: unknown }
  const why = [responseCode, code, command].filter((part) => part !== undefined).join(' ') || 'unknown'
  const final = Number(responseCode) >= 500 && responseCode !== 503 && responseCode !== 530
  const aboutMail = command === 'RCPT TO' || command === 'DATA'
  return { outcome: final && aboutMail ? 'refused' : 'failed', why }
}
