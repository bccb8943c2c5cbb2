import type { ReactNode } from 'react'

const TONES = {
  neutral: 'border-control text-muted',
  accent: 'border-accent/45 bg-accent-soft text-accent',
  warning: 'border-warning/45 bg-warning-soft text-warning',
  danger: 'border-danger/45 bg-danger-soft text-danger',
}

/** One or two words about a thing. The words say it; the colour only repeats it. */
export function Badge({ tone = 'neutral', children }: { tone?: keyof typeof TONES; children: ReactNode }) {
  return (
    <span
      className={`inline-flex items-center rounded-full border px-2 py-px text-xs font-semibold whitespace-nowrap ${TONES[tone]}`}
    >
      {children}
    </span>
  )
}
