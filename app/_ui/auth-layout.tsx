import type { ReactNode } from 'react'
import { Heading } from './heading.tsx'

interface AuthLayoutProps {
  readonly title: string
  readonly lead?: ReactNode
  /** Above the card: why the person is here, as a `Notice`. */
  readonly notice?: ReactNode
  readonly children: ReactNode
  /** Below the card: the other way. */
  readonly footer?: ReactNode
}

/** One thing to do, in the middle: sign up, sign in, confirm it's you. */
export function AuthLayout({ title, lead, notice, children, footer }: AuthLayoutProps) {
  return (
    <main id="content" className="relative isolate min-h-152 overflow-hidden px-4 pt-6 pb-16 sm:pt-14 sm:pb-24">
      <div className="rosette absolute inset-x-[-50vw] top-0 -z-10 mx-auto size-152 opacity-70" aria-hidden="true" />
      <div className="mx-auto max-w-md space-y-4">
        {notice}
        <div className="rounded-lg border border-line bg-surface p-6 shadow-card sm:p-8">
          <Heading level={1}>{title}</Heading>
          {lead && <div className="mt-2 text-sm text-muted">{lead}</div>}
          <div className="mt-6">{children}</div>
        </div>
        {footer && <div className="rounded-md bg-paper/85 px-2 py-1 text-center text-sm text-muted">{footer}</div>}
      </div>
    </main>
  )
}
