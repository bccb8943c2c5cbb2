/** What a form's action answers, and what the form shows. Pure: shared by the server and the browser. */
export interface FormState {
  readonly status: 'idle' | 'invalid' | 'refused' | 'done'
  /** One sentence for the whole form. */
  readonly message?: string
  /** A sentence for each field that must change, by the field's name. */
  readonly fields?: Readonly<Record<string, string>>
  /** What was typed, given back so that nobody types it twice. Never a password. */
  readonly values?: Readonly<Record<string, string>>
}

export type FormAction = (state: FormState, data: FormData) => Promise<FormState>

export const IDLE: FormState = { status: 'idle' }
