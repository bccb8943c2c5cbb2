/** What the doctor tells. */
export interface Finding {
  readonly weight: 'ok' | 'warning' | 'error'
  readonly text: string
}

export const ok = (text: string): Finding => ({ weight: 'ok', text })
export const warning = (text: string): Finding => ({ weight: 'warning', text })
export const error = (text: string): Finding => ({ weight: 'error', text })
