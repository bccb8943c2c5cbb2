import type { ReactNode } from 'react'
import { AuthLayout } from './auth-layout.tsx'
import { Notice } from './notice.tsx'

interface VoidLinkProps {
  /** How long such links work. */
  readonly rules: string
  /** The way to another one, where there is one. */
  readonly children?: ReactNode
}

/** Used, late, replaced, forged, or brought by another browser: all of these are told the same. */
export function VoidLink({ rules, children }: VoidLinkProps) {
  return (
    <AuthLayout title="This link does not work">
      <div className="space-y-6">
        <Notice tone="warning" role="none">
          {rules}
        </Notice>
        <p className="text-sm text-muted">
          If yours is good, open it once more from the mail: this page keeps it for 10 minutes, in this browser alone,
          and only where cookies are allowed.
        </p>
        {children}
      </div>
    </AuthLayout>
  )
}
