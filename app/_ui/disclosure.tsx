import type { ReactNode } from 'react'
import { buttonClass } from './button.tsx'

interface DisclosureProps {
  readonly label: ReactNode
  /** From the start: what is inside has something to say. */
  readonly open?: boolean
  readonly children: ReactNode
}

/** A button that opens what is below it, without scripts too. */
export function Disclosure({ label, open = false, children }: DisclosureProps) {
  return (
    <details open={open} className="group">
      <summary className={`${buttonClass('secondary')} list-none group-open:hidden [&::-webkit-details-marker]:hidden`}>
        {label}
      </summary>
      {children}
    </details>
  )
}
