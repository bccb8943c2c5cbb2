import 'server-only'
import { text } from '#lib/http/form.ts'
import { plainJson } from '#lib/http/plain-json.ts'

/** What somebody shows to confirm who they are. Null: not shown. All that is shown must be right. */
export interface Shown {
  readonly password: string | null
  /** Of the authenticator app, or a recovery code. */
  readonly code: string | null
  /** As the browser's authenticator gave it; anything. */
  readonly passkey: unknown
}

/** What came along in a form: an empty field is nothing. */
export function shownIn(data: FormData, passwordField = 'password'): Shown {
  const answer = text(data, 'passkey')
  return {
    password: text(data, passwordField) || null,
    code: text(data, 'code').trim() || null,
    passkey: answer === '' ? null : (plainJson(answer) ?? answer),
  }
}
