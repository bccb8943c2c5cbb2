import type { Missing } from './requirements.ts'

/** What a form asks for beside its own fields, so that the act in it can be done. Pure: the browser reads it too. */
export type StepUpField = 'password' | 'code' | 'passkey' | 'provider'

export interface Asked {
  /** Empty: what was shown before is fresh enough, and nothing is asked. */
  readonly fields: readonly StepUpField[]
  /** One of them is enough, whichever; otherwise all are needed. */
  readonly either: boolean
  /** The account has such a thing. A passkey stands for all that is asked. */
  readonly passkey: boolean
  readonly code: boolean
  /** Why. */
  readonly hint: string
}

const FIELD: Readonly<Record<Missing, StepUpField>> = {
  password: 'password',
  second: 'code',
  passkey: 'passkey',
  provider: 'provider',
}

export function fieldsFor(missing: readonly Missing[]): readonly StepUpField[] {
  return missing.map((one) => FIELD[one])
}

const SENTENCES: Readonly<Record<StepUpField, string>> = {
  password: 'Enter your password to confirm it’s you.',
  code: 'Enter a code to confirm it’s you.',
  passkey: 'Confirm with a passkey that it’s you.',
  provider: 'Confirm that it’s you where you sign in, then do this again.',
}

/** What a field says when it was left empty. */
export function askSentence(field: StepUpField): string {
  return SENTENCES[field]
}
