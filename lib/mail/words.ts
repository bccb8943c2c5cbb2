/**
 * What each notice says. Pure. Subjects hold no secret and nothing that anybody typed: they stand on lock screens, and
 * they are headers.
 */
import type { EventKind, SecurityEvent } from '#db/contract.ts'
import type { NoticeKind } from '#db/notices.ts'
import { MINUTE } from '#lib/time.ts'

/** How long the token of a mailed link is good. v5.0.0-6.5.5: at most ten minutes. Seconds. */
export const LINK_LIFETIME = 10 * MINUTE

/**
 * What there is to do.
 *
 * - `not-me`: a thief might have done it, and one link ends what the thief has.
 * - `undo-email`: the same for the former address, and it is set back.
 * - `new-password`: no password opens the account until there is a new one.
 * - `reset`, `confirm-email`: the person asked for this very link.
 * - `nothing`: it was done by somebody who may, or cannot be undone.
 */
export type Remedy = 'not-me' | 'undo-email' | 'new-password' | 'reset' | 'confirm-email' | 'nothing'

/** Whether it came from a device that the person should recognise, or from one that is none of their business. */
type Source = 'a device' | 'elsewhere'

export interface Words {
  readonly subject: string
  /** What happened and what it means; a paragraph each. */
  readonly said: readonly string[]
  readonly remedy: Remedy
  readonly source: Source
}

type Say = Words | ((event: SecurityEvent, former: boolean) => Words)

const DONE_HERE = { remedy: 'not-me', source: 'a device' } as const
const DONE_ELSEWHERE = { remedy: 'nothing', source: 'elsewhere' } as const

const WORDS: Readonly<Record<NoticeKind, Say>> = {
  'signed-in': {
    ...DONE_HERE,
    subject: 'New sign-in to your account',
    said: ['Somebody signed in to your account with a browser that has not been used for it before.'],
  },
  'second-factor-failed': {
    ...DONE_HERE,
    subject: 'Your password was right, the second step was not',
    said: [
      'Somebody gave the right password for your account and failed at the second step. They are not in.',
      'If it was not you, somebody else knows your password.',
    ],
  },
  'password-switched-off': {
    subject: 'Your password no longer opens your account',
    said: [
      'There were too many wrong passwords in a row. From now on no password opens your account, not even the right one, until you choose a new one.',
      'Your other ways to sign in still work, and nobody was signed out.',
    ],
    remedy: 'new-password',
    source: 'a device',
  },
  'session-ended': (event) => (event.detail.reason === 'administrator' ? ENDED_BY_ADMINISTRATOR : ENDED_BY_LIMIT),
  'session-replayed': {
    ...DONE_HERE,
    subject: 'A copy of your sign-in was used',
    said: [
      'A session of your account was used from two places at once, as happens when its cookie is copied. It has been ended in both.',
      'If you cannot explain it, look for unwanted software and browser extensions on that device before you sign in there again.',
    ],
  },
  'circumstances-changed': ({ detail }) => ({
    ...DONE_HERE,
    subject: 'Something changed in the middle of a session',
    said: [
      'A session of your account went on from elsewhere or with another browser than it began with.',
      MEASURES[detail.done ?? ''] ?? 'To be safe, it goes on only after confirming that it is you.',
    ],
  }),
  'password-changed': {
    ...DONE_HERE,
    subject: 'Your password was changed',
    said: ['The password of your account was changed. The old one no longer opens it.'],
  },
  'reset-requested': {
    subject: 'Choose a new password',
    said: [
      'Somebody asked for a new password for your account. If it was you, choose one with the link below.',
      'If it was not you, there is nothing to do: your password stays as it is, and the link stops working by itself.',
    ],
    remedy: 'reset',
    source: 'a device',
  },
  'password-reset': {
    ...DONE_HERE,
    subject: 'Your password was reset',
    said: [
      'A new password was set with a mailed link. Everybody who was signed in to your account has been signed out.',
    ],
  },
  'totp-added': {
    ...DONE_HERE,
    subject: 'An authenticator app was added to your account',
    said: ['From now on, codes of this app count as a second step when signing in to your account.'],
  },
  'totp-removed': {
    ...DONE_HERE,
    subject: 'The authenticator app was removed from your account',
    said: ['Codes of the app are no longer asked for, nor accepted, when signing in to your account.'],
  },
  'passkey-added': {
    ...DONE_HERE,
    subject: 'A passkey was added to your account',
    said: ['Whoever holds this passkey can sign in to your account with it.'],
  },
  'passkey-removed': {
    ...DONE_HERE,
    subject: 'A passkey was removed from your account',
    said: ['This passkey no longer opens your account.'],
  },
  'recovery-codes-replaced': {
    ...DONE_HERE,
    subject: 'Your recovery codes were replaced',
    said: ['There are new recovery codes for your account. The old ones no longer work.'],
  },
  'recovery-code-used': {
    ...DONE_HERE,
    subject: 'A recovery code was used',
    said: ['A recovery code was used for your account. It works only once, so it is used up.'],
  },
  'email-change-requested': {
    subject: 'Confirm your new address',
    said: [
      'Somebody wants to use this address for their account. If it was you, confirm it with the link below.',
      'If it was not you, there is nothing to do: without the link nothing changes.',
    ],
    remedy: 'confirm-email',
    source: 'a device',
  },
  'email-changed': (_event, former) => (former ? MOVED_AWAY : MOVED_HERE),
  'email-restored': {
    subject: 'The address of your account was set back',
    said: [
      'A change of address was undone with the link in its notice. Everybody who was signed in to the account has been signed out, and no password opens it until you choose a new one.',
      'Whoever changed the address could sign in: afterwards, look through the ways to sign in.',
    ],
    remedy: 'new-password',
    source: 'a device',
  },
  reported: {
    subject: 'Your account has been secured',
    said: [
      'Somebody who had a notice about your account said that it was not them. Everybody who was signed in has been signed out, and no password opens the account until you choose a new one.',
    ],
    remedy: 'new-password',
    source: 'a device',
  },
  'factors-removed': {
    ...DONE_ELSEWHERE,
    subject: 'Your authenticators were removed',
    said: [
      'An administrator has removed the authenticator app, the passkeys and the recovery codes of your account, and signed you out everywhere. A password and linked accounts elsewhere stay as they were, and sign in without them.',
      'If you did not ask for that, choose a new password and tell whoever runs this site.',
    ],
  },
  'app-linked': {
    ...DONE_HERE,
    subject: 'An application was linked to your account',
    said: [
      'Somebody who was signed in to your account let an application act in your name. What it may do stands with your linked applications, and you can disconnect it there.',
    ],
  },
  'app-token-reused': {
    ...DONE_HERE,
    subject: 'An application was disconnected to be safe',
    said: [
      'A token that an application holds for your account was used twice, as happens when it is copied. The application was disconnected, and neither copy works any more.',
      'If you trust the application, you can link it again. If you cannot explain it, look for unwanted software where it runs.',
    ],
  },
  'identity-linked': {
    ...DONE_HERE,
    subject: 'Another account now signs in to yours',
    said: [
      'An account with another site was linked to yours. Whoever can sign in there can sign in to your account from now on.',
    ],
  },
  'identity-unlinked': {
    ...DONE_HERE,
    subject: 'A linked account no longer signs in to yours',
    said: ['An account with another site was unlinked from yours. Signing in there no longer opens your account.'],
  },
  'account-disabled': {
    ...DONE_ELSEWHERE,
    subject: 'Your account was disabled',
    said: [
      'An administrator has disabled your account. Nobody can sign in to it until an administrator enables it again.',
    ],
  },
  'account-deleted': {
    ...DONE_ELSEWHERE,
    subject: 'Your account was deleted',
    said: [
      'Your account was deleted, with your name and your address. It cannot be brought back.',
      'If you did not expect it, tell whoever runs this site.',
    ],
  },
  'administrator-granted': {
    ...DONE_ELSEWHERE,
    subject: 'You are an administrator now',
    said: [
      'Your account was given the rights of an administrator. You have been signed out everywhere; they begin with your next sign-in.',
      'If you did not expect it, tell whoever runs this site.',
    ],
  },
  'administrator-withdrawn': {
    ...DONE_ELSEWHERE,
    subject: 'You are no longer an administrator',
    said: [
      'The rights of an administrator were taken from your account. You have been signed out everywhere and can sign in again.',
    ],
  },
}

/** What was done when circumstances changed, by `detail.done`. */
const MEASURES: Readonly<Record<string, string>> = {
  ended: 'To be safe, it was ended. Sign in again to go on.',
  locked: 'To be safe, it was locked. Whoever wants to go on has to show first that they are you.',
}

const ENDED_BY_LIMIT: Words = {
  ...DONE_HERE,
  subject: 'A session was ended to make room for another',
  said: [
    'Somebody signed in to your account, and it was in use in as many places as are allowed. So one was ended: whoever signed in has picked it, or it had not been used for longest.',
  ],
}

const ENDED_BY_ADMINISTRATOR: Words = {
  ...DONE_ELSEWHERE,
  subject: 'An administrator signed you out',
  said: ['An administrator has ended a session of your account. You can sign in again.'],
  source: 'a device',
}

const MOVED_AWAY: Words = {
  subject: 'Your account has another address now',
  said: [
    'The address of your account was changed. You sign in with the new one from now on; this one still gets notices for a time.',
  ],
  remedy: 'undo-email',
  source: 'a device',
}

const MOVED_HERE: Words = {
  subject: 'This is the address of your account now',
  said: ['The address of your account was changed to this one. You sign in with it from now on.'],
  remedy: 'nothing',
  source: 'a device',
}

/** Somebody asked for an address that has an account already: its owner alone is told, and gets no link. */
const ADDRESS_TAKEN: Words = {
  subject: 'Your address was entered for another account',
  said: [
    'Somebody wants to use this address for their account. It is the address of an account already, so it cannot be used for another one, and nothing has changed.',
    'If it was you, sign in with this address instead.',
  ],
  remedy: 'nothing',
  source: 'a device',
}

/** Null for an event of which mail does not tell. @param hasLink whether one was made for it */
export function wordsFor(event: SecurityEvent, former: boolean, hasLink: boolean): Words | null {
  if (!isNotice(event.kind)) return null
  if (event.kind === 'email-change-requested' && !hasLink) return ADDRESS_TAKEN
  const say = WORDS[event.kind]
  return typeof say === 'function' ? say(event, former) : say
}

function isNotice(kind: EventKind): kind is NoticeKind {
  return Object.hasOwn(WORDS, kind)
}
