'use client'
import { usePathname } from 'next/navigation'
import { lazy, type ReactNode, Suspense } from 'react'
import type { Asked, StepUpField } from '#lib/authentication/asked.ts'
import { Field } from './field.tsx'
import type { FormState } from './form-state.ts'
import { useHydrated } from './hydrated.ts'
import { PasswordField } from './password-field.tsx'

/** For accounts that have a passkey, once scripts run: no other page carries it. */
const PasskeyConfirmButton = lazy(() =>
  import('./passkey/confirm-button.tsx').then(({ PasskeyConfirmButton: Button }) => ({ default: Button })),
)

interface StepUpFieldsProps {
  readonly asked: Asked
  /** The page may be older than the step-up window: what the action asks for is shown too. */
  readonly state: Pick<FormState, 'fields'>
  /** Sets these fields apart from those of other forms. */
  readonly id: string
  /** Said once, before the first field; empty for nothing. */
  readonly hint?: string
}

/**
 * What is missing to confirm who one is, inside the form of the act that needs it: passkey first, then password and
 * code. Sent with the form, so that the act is done with the same press. Nothing, where nothing is asked.
 */
export function StepUpFields({ asked, state, id, hint = asked.hint }: StepUpFieldsProps) {
  const hydrated = useHydrated()
  const { fields = {} } = state
  const wanted = (field: StepUpField) => asked.fields.includes(field) || fields[field] !== undefined
  const [password, code, passkey] = [wanted('password'), wanted('code'), wanted('passkey')]
  const elsewhere = wanted('provider')
  if (!password && !code && !passkey && !elsewhere) return null
  const withPasskey = asked.passkey || passkey
  const only = !password && !code && !elsewhere
  return (
    <div className="space-y-4">
      {withPasskey && hydrated && (
        <Suspense>
          <PasskeyConfirmButton hint={hint} error={fields.passkey} />
        </Suspense>
      )}
      {only && !hydrated && (
        <p className="text-sm">Only a passkey confirms this, and asking for one takes a browser with scripts.</p>
      )}
      {withPasskey && hydrated && !only && <Or />}
      {elsewhere && <Elsewhere hint={withPasskey ? '' : hint} />}
      {password && (
        <PasswordField
          id={`${id}-password`}
          name="password"
          label="Password"
          hint={withPasskey ? undefined : hint}
          autoComplete="current-password"
          required={false}
          error={fields.password}
        />
      )}
      {code && <CodeField id={`${id}-code`} error={fields.code} hint={withPasskey || password ? '' : hint} />}
      {!code && password && asked.either && asked.code && (
        <Instead>
          <CodeField id={`${id}-code`} error={undefined} />
        </Instead>
      )}
    </div>
  )
}

interface CodeFieldProps {
  readonly id: string
  readonly error: string | undefined
  readonly hint?: string
}

function CodeField({ id, error, hint }: CodeFieldProps) {
  return (
    <Field
      id={id}
      name="code"
      label="Authentication code"
      hint={`${hint ? `${hint} ` : ''}Six digits from your authenticator app, or one of your recovery codes.`}
      autoComplete="one-time-code"
      autoCapitalize="none"
      spellCheck={false}
      error={error}
    />
  )
}

/** Nothing that could be typed here: the account is opened at another provider. */
function Elsewhere({ hint }: { readonly hint: string }) {
  const here = usePathname() ?? ''
  return (
    <p className="text-sm">
      {hint}{' '}
      <a href={`/reauthenticate?${new URLSearchParams({ returnTo: here })}`}>Confirm it’s you where you sign in</a>,
      then do this again.
    </p>
  )
}

function Or() {
  return (
    <p className="flex items-center gap-3 text-sm text-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
      or
    </p>
  )
}

function Instead({ children }: { readonly children: ReactNode }) {
  return (
    <details className="text-sm">
      <summary className="min-h-11 cursor-pointer py-3 font-medium">Use a code instead</summary>
      {children}
    </details>
  )
}
