import type { Metadata } from 'next'
import { askedFor } from '#lib/authentication/step-up.ts'
import { formToken } from '#lib/http/form-token.ts'
import { DEFAULT_SCOPE } from '#lib/openid-provider/registration.ts'
import { requireAdministrator } from '#lib/session/require-administrator.ts'
import { store } from '#lib/store.ts'
import { Section } from '#ui/card.tsx'
import { ClientForm } from '#ui/client-form.tsx'
import { Empty } from '#ui/empty.tsx'
import { Endings, EndingsOutcome } from '#ui/endings.tsx'
import { Page } from '#ui/page.tsx'
import { Sections } from '../sections.tsx'
import type { ActView } from '../session-row.tsx'
import { addClient, removeClient } from './actions.ts'
import { ClientItem } from './client-item.tsx'

export const metadata: Metadata = { title: 'Applications' }

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function ClientsPage({ searchParams }: Props) {
  const proof = await requireAdministrator()
  const { act } = await searchParams
  const view: ActView = {
    now: proof.now,
    formToken: formToken(proof),
    asked: await askedFor('recent', proof),
    opened: typeof act === 'string' ? act : null,
    path: '/admin/clients',
  }
  return (
    <Page
      title="Applications"
      lead="What may ask people for access to their accounts here. Each of them decides for themselves."
      aside={<Sections here="/admin/clients" />}
    >
      <Registered view={view} />
      <Section id="add" title="Add an application">
        <ClientForm action={addClient} formToken={view.formToken} asked={view.asked} scope={DEFAULT_SCOPE} />
      </Section>
    </Page>
  )
}

async function Registered({ view }: { readonly view: ActView }) {
  const clients = await store().clients.list()
  return (
    <Endings action={removeClient}>
      <EndingsOutcome />
      {clients.length === 0 ? (
        <Empty title="No application yet">The first one is added below.</Empty>
      ) : (
        <ul aria-label="Applications" className="space-y-4">
          {clients.map((client) => (
            <ClientItem key={client.id} client={client} view={view} />
          ))}
        </ul>
      )}
    </Endings>
  )
}
