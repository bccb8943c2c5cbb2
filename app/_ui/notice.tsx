import type { ReactNode } from 'react'
import { CheckIcon, InfoIcon, WarningIcon } from './icons.tsx'

export type NoticeTone = 'info' | 'success' | 'warning' | 'danger'

const TONES = {
  info: { look: 'border-line bg-surface', mark: 'text-muted', Icon: InfoIcon },
  success: { look: 'border-accent/35 bg-accent-soft', mark: 'text-accent', Icon: CheckIcon },
  warning: { look: 'border-warning/35 bg-warning-soft', mark: 'text-warning', Icon: WarningIcon },
  danger: { look: 'border-danger/35 bg-danger-soft', mark: 'text-danger', Icon: WarningIcon },
}

interface NoticeProps {
  readonly tone?: NoticeTone
  /** `alert` for failures, `status` for results; `none` for what was there from the start. */
  readonly role?: 'status' | 'alert' | 'none'
  readonly title?: string
  readonly id?: string
  readonly children?: ReactNode
}

/** Something to read: a result, a failure, a reason. A script may move focus to it. */
export function Notice({ tone = 'info', role, title, id, children }: NoticeProps) {
  const { look, mark, Icon } = TONES[tone]
  const announced = role ?? (tone === 'danger' ? 'alert' : 'status')
  return (
    <div
      id={id}
      role={announced === 'none' ? undefined : announced}
      tabIndex={-1}
      className={`flex gap-3 rounded-md border p-4 text-sm ${look}`}
    >
      <Icon className={`mt-px size-5 ${mark}`} />
      <div className="min-w-0 flex-1">
        {title && <p className="font-semibold">{title}</p>}
        {children}
      </div>
    </div>
  )
}
