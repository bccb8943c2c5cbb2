import type { Identity, SessionProof } from '#db/contract.ts'
import type { Asked } from '#lib/authentication/asked.ts'
import { askedFor } from '#lib/authentication/step-up.ts'
import { formToken } from '#lib/http/form-token.ts'
import { providerById, providerByIssuer, providers } from '#lib/relying-party/providers.ts'
import { store } from '#lib/store.ts'
import { Card, Section } from '#ui/card.tsx'
import { Heading } from '#ui/heading.tsx'
import { Notice } from '#ui/notice.tsx'
import { ActForm } from '#ui/security/act-form.tsx'
import { Time } from '#ui/time.tsx'
import { tripNotice } from '#ui/trip-notice.tsx'
import { linkProvider, unlinkProvider } from './providers/actions.ts'

interface ProvidersProps {
  readonly proof: SessionProof
  /** Of the page's address: anything. */
  readonly query: Readonly<Record<string, string | string[] | undefined>>
}

/** Accounts elsewhere that open this one. Nothing, where no provider is offered and none was linked. */
export async function Providers({ proof, query }: ProvidersProps) {
  const linked = await store().identities.list(proof.userId)
  if (providers().length === 0 && linked.length === 0) return null
  const form = { formToken: formToken(proof), asked: await askedFor('full', proof) }
  const others = providers().filter(({ issuer }) => !linked.some((identity) => identity.issuer === issuer))
  return (
    <Section
      id="providers"
      title="Signing in through others"
      lead="Whoever is signed in there can sign in here. Which account it opens is known by linking it, never by its email address."
    >
      <div className="space-y-4">
        <Outcome query={query} />
        {linked.length > 0 && (
          <Card>
            <ul aria-labelledby="providers-heading" className="divide-y divide-line">
              {linked.map((identity) => (
                <Linked key={identity.id} identity={identity} now={proof.now} {...form} />
              ))}
            </ul>
          </Card>
        )}
        {others.map(({ id, name }) => (
          <Card key={id}>
            <ActForm
              id={`link-${id}`}
              opener={`Link ${name}`}
              action={linkProvider}
              hidden={{ target: id, act: 'identity-linked' }}
              button={`Go to ${name} and link it`}
              endsOthers
              {...form}
            >
              <p className="max-w-prose text-sm">
                You sign in at {name}, and from then on that account opens this one.
              </p>
            </ActForm>
          </Card>
        ))}
      </div>
    </Section>
  )
}

interface LinkedProps {
  readonly identity: Identity
  readonly now: Date
  readonly formToken: string
  readonly asked: Asked
}

function Linked({ identity: { id, issuer, label, createdAt, lastUsedAt }, now, ...form }: LinkedProps) {
  const name = providerByIssuer(issuer)?.name ?? URL.parse(issuer)?.host ?? issuer
  return (
    <li className="space-y-3 py-5 first:pt-0 last:pb-0">
      <Heading level={3} id={`identity-${id}`}>
        {name}
      </Heading>
      <p className="text-sm text-muted">
        {label && <bdi className="wrap-anywhere">{label}. </bdi>}
        Linked <Time at={createdAt} now={now} />, {lastUsedAt ? 'last used ' : 'not used yet'}
        {lastUsedAt && <Time at={lastUsedAt} now={now} />}.
      </p>
      <ActForm
        id={`unlink-${id}`}
        opener={
          <>
            Unlink <span className="sr-only">{name}</span>
          </>
        }
        action={unlinkProvider}
        hidden={{ target: id, act: 'identity-unlinked' }}
        button={`Unlink ${name}`}
        danger
        endsOthers
        {...form}
      >
        <p className="max-w-prose text-sm">From then on {name} opens this account no more. Your account there stays.</p>
      </ActForm>
    </li>
  )
}

function Outcome({ query }: Pick<ProvidersProps, 'query'>) {
  const name = typeof query.linked === 'string' ? providerById(query.linked)?.name : undefined
  if (name) return <Notice tone="success">{name} is linked: from now on it signs you in as well.</Notice>
  if (query.unlinked !== undefined) return <Notice tone="success">It is unlinked, and opens nothing here.</Notice>
  return tripNotice(query)
}
