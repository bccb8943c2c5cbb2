/** A notice as it is written, before it becomes text and HTML. Pure. */
import type { Mail, SecurityEvent } from '#db/contract.ts'
import { eventSentence } from '#lib/audit/sentences.ts'
import { durationWords } from '#lib/duration-words.ts'
import { exactTime } from '#lib/words/time.ts'
import { harmless } from './harmless.ts'
import { LINK_LIFETIME, type Remedy, type Words, wordsFor } from './words.ts'

export interface Letter {
  readonly subject: string
  readonly greeting: string
  readonly said: readonly string[]
  /** What, when, with what and from where. */
  readonly facts: readonly (readonly [label: string, value: string])[]
  readonly todo: Todo
  /** Why this address gets it. */
  readonly footer: string
}

export interface Todo {
  readonly text: string
  readonly link: { readonly label: string; readonly url: string } | null
}

/** The links that a letter may need. None is in it that is not needed. */
export interface Links {
  readonly notMe: string
  readonly undoEmail: string
  readonly newPassword: string
  /** With the token; null when it could not be opened, or would no longer work when it arrives. */
  readonly reset: string | null
  readonly confirmEmail: string | null
}

/** The address that a mail goes to: the account's own, a former one, or one that is not confirmed yet. */
type Reader = 'owner' | 'former' | 'stranger'

/** @param site host of the deployment. @returns null for an event of which mail does not tell */
export function letterFor(mail: Mail, links: Links, site: string): Letter | null {
  const reader = readerOf(mail)
  const event = harmlessly(mail.event)
  const words = wordsFor(event, reader === 'former', mail.sealed !== null)
  if (!words) return null
  const name = reader === 'stranger' ? '' : harmless(mail.user.name)
  return {
    subject: `${words.subject} (${site})`,
    greeting: name === '' ? 'Hello,' : `Hello ${name},`,
    said: words.said,
    facts: factsOf(event, words, reader),
    todo: REMEDIES[words.remedy](links, reader),
    footer: FOOTERS[reader](site),
  }
}

/** By the event where it says so, for the account may have moved on since. */
function readerOf({ to, event, user }: Mail): Reader {
  if (event.kind === 'email-change-requested') return 'stranger'
  // What was deleted has no address to compare with.
  if (event.kind === 'account-deleted') return 'owner'
  const current = event.kind === 'email-changed' ? (event.detail.to ?? user.email) : user.email
  return to === current ? 'owner' : 'former'
}

function harmlessly(event: SecurityEvent): SecurityEvent {
  return {
    ...event,
    device: event.device && harmless(event.device),
    place: event.place && harmless(event.place),
    detail: Object.fromEntries(Object.entries(event.detail).map(([key, value]) => [key, harmless(value)])),
  }
}

/** The first line is what the account's activity says of it, word for word. */
function factsOf(event: SecurityEvent, { source }: Words, reader: Reader): Letter['facts'] {
  const when = ['When', exactTime(event.at)] as const
  const where = [
    ['Device', event.device ?? 'Unknown'],
    ['Place', event.place ? `${event.place} (approximately)` : 'Unknown'],
  ] as const
  return [
    // A stranger is told nothing of somebody else's account.
    ...(reader === 'stranger' ? [] : [['What', eventSentence(event)] as const]),
    when,
    ...(source === 'a device' ? where : []),
  ]
}

const WORKS_FOR = durationWords(LINK_LIFETIME)

/** Each link opens a page that asks once more: programs that look at links before people do change nothing. */
const REMEDIES: Readonly<Record<Remedy, (links: Links, reader: Reader) => Todo>> = {
  'not-me': ({ notMe }, reader) => ({
    text: [
      'If this was you, there is nothing to do. If it was not, say so below: everybody is signed out, and no password opens your account until you have chosen a new one by mail.',
      // That mail goes to the present address, which may be the thief's.
      ...(reader === 'former'
        ? ['If you did not change the address either, undo that first, by the notice about it.']
        : []),
    ].join(' '),
    link: { label: 'This wasn’t me', url: notMe },
  }),
  'undo-email': ({ undoEmail }) => ({
    text: 'If this was you, there is nothing to do. If it was not, say so below: this address is set back, and everybody is signed out.',
    link: { label: 'This wasn’t me, undo it', url: undoEmail },
  }),
  'new-password': ({ newPassword }) => ({
    text: 'You get a link for choosing a new password here:',
    link: { label: 'Choose a new password', url: newPassword },
  }),
  reset: ({ reset, newPassword }) =>
    reset === null
      ? {
          text: 'The link could not be sent in time and no longer works. Ask for another one:',
          link: { label: 'Ask for another link', url: newPassword },
        }
      : {
          text: `The link works once, within ${WORKS_FOR} of the time above. It does not sign you in, and no second step is left out.`,
          link: { label: 'Choose a new password', url: reset },
        },
  'confirm-email': ({ confirmEmail }) =>
    confirmEmail === null
      ? {
          text: 'The link could not be sent in time and no longer works. Ask for another one in your account.',
          link: null,
        }
      : {
          text: `The link works once, within ${WORKS_FOR} of the time above.`,
          link: { label: 'Confirm this address', url: confirmEmail },
        },
  nothing: () => ({ text: 'There is nothing for you to do.', link: null }),
}

const FOOTERS: Readonly<Record<Reader, (site: string) => string>> = {
  owner: (site) => `You get this because something happened to your account at ${site}.`,
  former: (site) =>
    `You get this because this was the address of an account at ${site} until lately. It gets notices for a time, so that nobody can take an account over unnoticed.`,
  stranger: (site) => `You get this because somebody entered this address at ${site}.`,
}
