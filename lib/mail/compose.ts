import 'server-only'
import type { Mail } from '#db/contract.ts'
import { settings } from '#lib/config.ts'
import { secondsBetween } from '#lib/time.ts'
import { type Links, letterFor } from './letter.ts'
import { type NoticePurpose, noticeProof, openFromMail } from './links.ts'
import { asHtml, asText } from './template.ts'
import { LINK_LIFETIME } from './words.ts'

/** What a transport sends. */
export interface Message {
  /** With angle brackets. The same at each attempt, so that whoever gets two knows them for one. RFC 5322 §3.6.4. */
  readonly messageId: string
  readonly from: string
  readonly to: string
  readonly date: Date
  readonly subject: string
  readonly text: string
  readonly html: string
  /** For a name of a file: the row's, and when the thing happened. */
  readonly name: string
}

/** The mail of a row, made when it is sent. Null when there is nothing to say: a kind that this version does not know. */
export function compose(mail: Mail, now: Date): Message | null {
  const { hostname, host } = new URL(settings().origin)
  const letter = letterFor(mail, linksFor(mail, now), host)
  if (!letter) return null
  const { id, to, event } = mail
  return {
    // The instant too: a database that was replaced counts from one again.
    messageId: `<${id}.${event.seq}.${event.at.getTime()}@${hostname}>`,
    from: settings().mail.from,
    to,
    date: now,
    subject: letter.subject,
    text: asText(letter),
    html: asHtml(letter),
    name: `${event.at.toISOString().replace(/[:.]/g, '-')}-${id}`,
  }
}

function linksFor({ event, sealed, to }: Mail, now: Date): Links {
  const { origin } = settings()
  const { seq } = event
  const notice = (purpose: NoticePurpose) =>
    `${origin}/${purpose}?event=${seq}&proof=${noticeProof({ seq, purpose, to })}`
  const inTime = secondsBetween(event.at, now) < LINK_LIFETIME
  const token = inTime && sealed !== null ? openFromMail(sealed) : null
  const withToken = (path: string) => (token === null ? null : `${origin}${path}?token=${encodeURIComponent(token)}`)
  return {
    notMe: notice('not-me'),
    undoEmail: notice('undo-email'),
    newPassword: `${origin}/forgot-password`,
    reset: withToken('/reset-password'),
    confirmEmail: withToken('/confirm-email'),
  }
}
