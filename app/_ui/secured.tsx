import type { ReactNode } from 'react'
import { AuthLayout } from './auth-layout.tsx'
import { ButtonLink } from './button.tsx'
import { Notice } from './notice.tsx'

/** After an account was taken out of somebody's hands by mail: what has happened, and what comes next. */
export function Secured({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <AuthLayout title={title}>
      <div className="space-y-6">
        <Notice tone="success">{children}</Notice>
        <p className="text-sm text-muted">
          Choose a new password with that link. Once you have signed in, look through the ways to sign in and through
          Activity. If the link does not arrive or is too old, ask for another one.
        </p>
        <ButtonLink href="/forgot-password" variant="secondary" wide>
          Ask for another link
        </ButtonLink>
      </div>
    </AuthLayout>
  )
}
