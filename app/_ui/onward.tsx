import { AuthLayout } from './auth-layout.tsx'
import { ButtonLink } from './button.tsx'

interface OnwardProps {
  readonly title: string
  /** The application. */
  readonly to: string
  readonly href: string
}

/**
 * Back to the application, by itself and by a link. A visit of its own: what a form leads to may not leave this site
 * (`form-action 'self'`), and an answer to a form must not either.
 */
export function Onward({ title, to, href }: OnwardProps) {
  return (
    <AuthLayout title={title} lead={<>You are on your way back to {to}.</>}>
      <meta httpEquiv="refresh" content={`0;url=${href}`} />
      <ButtonLink href={href} wide>
        Go on to {to}
      </ButtonLink>
    </AuthLayout>
  )
}
