import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { appUnderWay } from '#lib/account/authenticator-app.ts'
import { qrPath } from '#lib/authentication/qr-path.ts'
import { askedFor } from '#lib/authentication/step-up.ts'
import { totpUri } from '#lib/authentication/totp.ts'
import { settings } from '#lib/config.ts'
import { formToken } from '#lib/http/form-token.ts'
import { requireSession } from '#lib/session/require.ts'
import { store } from '#lib/store.ts'
import { Card } from '#ui/card.tsx'
import { Notice } from '#ui/notice.tsx'
import { Page } from '#ui/page.tsx'
import { ActForm } from '#ui/security/act-form.tsx'
import { confirmAuthenticatorApp } from '../actions.ts'
import { PAGE } from '../outcome.ts'

export const metadata: Metadata = { title: 'Add an authenticator app' }

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>
}

/** The key is the account's only once a code of it has come back; until then it opens nothing. */
export default async function AuthenticatorAppPage({ searchParams }: Props) {
  const proof = await requireSession()
  const { id } = await searchParams
  const cookies = (await headers()).get('cookie')
  const app = typeof id === 'string' ? await appUnderWay(proof, cookies, id) : null
  const user = await store().users.find(proof.userId)
  if (!app || !user) return <Gone />
  return (
    <Page
      title="Add an authenticator app"
      lead="Two steps: let the app scan the key, then enter the code that it shows."
    >
      <Card>
        <div className="space-y-6">
          <Key secret={app.secret} uri={totpUri(app.secret, user.email)} />
          <ActForm
            id="confirm-app"
            action={confirmAuthenticatorApp}
            formToken={formToken(proof)}
            hidden={{ app: app.id }}
            asked={await askedFor('full', proof, { window: settings().policy.reauthenticationWindow })}
            button="Add the app"
            endsOthers
            fields={[
              {
                name: 'appCode',
                label: 'Code from the app',
                hint: 'Six digits. The app shows a new one every 30 seconds.',
                inputMode: 'numeric',
                autoComplete: 'one-time-code',
              },
            ]}
          />
        </div>
      </Card>
      <p className="text-sm">
        <a href={PAGE}>Back to Security</a>: nothing is added.
      </p>
    </Page>
  )
}

function Key({ secret, uri }: { readonly secret: string; readonly uri: string }) {
  const { path, size } = qrPath(uri)
  return (
    <div className="flex flex-col gap-6 sm:flex-row">
      <svg
        viewBox={`0 0 ${size} ${size}`}
        role="img"
        aria-label="QR code for the authenticator app"
        shapeRendering="crispEdges"
        className="size-48 shrink-0 self-center rounded-md border border-line"
      >
        <rect width={size} height={size} fill="#fff" />
        <path d={path} fill="#000" />
      </svg>
      <div className="min-w-0 space-y-3 text-sm">
        <p>Scan this with the app. Where that does not work, type the key, “based on time”:</p>
        <p className="rounded-md bg-sunken p-3 font-mono text-base wrap-anywhere" data-testid="totp-key">
          {secret.match(/.{1,4}/g)?.join(' ')}
        </p>
        <p className="text-muted">
          Whoever has the key has your codes. It is shown on this page only, for ten minutes, and never again.
        </p>
      </div>
    </div>
  )
}

function Gone() {
  return (
    <Page title="Add an authenticator app">
      <Notice tone="warning" role="none">
        This took too long, or your account has changed meanwhile: the key that stood here is worthless.{' '}
        <a href={PAGE}>Begin again on the Security page.</a>
      </Notice>
    </Page>
  )
}
