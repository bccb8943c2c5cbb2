import type { Metadata } from 'next'
import { askedFor } from '#lib/authentication/step-up.ts'
import { formToken } from '#lib/http/form-token.ts'
import { requireSession } from '#lib/session/require.ts'
import { Section } from '#ui/card.tsx'
import { Empty } from '#ui/empty.tsx'
import { Endings, EndingsOutcome } from '#ui/endings.tsx'
import { Page } from '#ui/page.tsx'
import { disconnectApp } from './actions.ts'
import { AppItem, type AppsView } from './item.tsx'
import { linkedApps } from './linked.ts'
import { Providers } from './providers.tsx'

export const metadata: Metadata = { title: 'Linked apps' }

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function LinkedAppsPage({ searchParams }: Props) {
  const proof = await requireSession()
  const query = await searchParams
  const { disconnect } = query
  const apps = await linkedApps(proof)
  const view: AppsView = {
    now: proof.now,
    formToken: formToken(proof),
    asked: await askedFor('recent', proof),
    opened: typeof disconnect === 'string' ? disconnect : null,
  }
  return (
    <Page title="Linked apps" lead="Applications that you let use your account, and what each of them may do.">
      <Endings action={disconnectApp}>
        <EndingsOutcome />
        <Section
          id="apps"
          title={apps.length === 0 ? 'Applications' : `Applications (${apps.length})`}
          lead="Each ends with the session in which you linked it, unless you let it go on."
        >
          {apps.length === 0 ? (
            <Empty title="No application is linked">
              An application that you let use your account appears here, with a button to disconnect it.
            </Empty>
          ) : (
            <ul aria-labelledby="apps-heading" className="space-y-4">
              {apps.map((app, index) => (
                <AppItem
                  key={app.id}
                  app={app}
                  view={view}
                  focusNext={apps[index + 1] ? `app-${apps[index + 1]?.id}` : 'apps-heading'}
                />
              ))}
            </ul>
          )}
        </Section>
      </Endings>
      <Providers proof={proof} query={query} />
    </Page>
  )
}
