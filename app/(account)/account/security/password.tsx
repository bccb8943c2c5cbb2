import { Card, Section } from '#ui/card.tsx'
import { PasswordChangeForm } from '#ui/security/password-change-form.tsx'
import { changePassword } from './actions.ts'
import type { SecurityView } from './view.ts'

export function Password({ view: { user, factors, formToken, asked } }: { readonly view: SecurityView }) {
  return (
    <Section
      id="password"
      title="Password"
      lead="Links that were mailed for a new password, and sign-ins that are half done, end with a change."
    >
      <Card>
        {factors.password ? (
          <PasswordChangeForm
            action={changePassword}
            formToken={formToken}
            email={user.email}
            name={user.name}
            asked={{ ...asked, fields: asked.fields.filter((field) => field !== 'password') }}
          />
        ) : (
          <p className="text-sm">
            No password opens this account at the moment. <a href="/forgot-password">Have a link mailed to you</a> that
            sets a new one.
          </p>
        )}
      </Card>
    </Section>
  )
}
