import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { askedFor } from '#lib/authentication/step-up.ts'
import { formToken } from '#lib/http/form-token.ts'
import { ID } from '#lib/random.ts'
import { requireAdministrator, shownToAdministrator } from '#lib/session/require-administrator.ts'
import { store } from '#lib/store.ts'
import { Badge } from '#ui/badge.tsx'
import { Endings, EndingsOutcome } from '#ui/endings.tsx'
import { Page } from '#ui/page.tsx'
import { actOnUser } from '../../actions.ts'
import { Sections } from '../../sections.tsx'
import type { ActView } from '../../session-row.tsx'
import { AccountActs } from './account-acts.tsx'
import { Happened } from './happened.tsx'
import { RecentlyEnded } from './recently-ended.tsx'
import { LiveSessions } from './sessions.tsx'

export const metadata: Metadata = { title: 'User' }

interface Props {
  readonly params: Promise<{ readonly id: string }>
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function UserPage({ params, searchParams }: Props) {
  const proof = await requireAdministrator()
  const { id } = await params
  const query = await searchParams
  const found = ID.test(id) ? shownToAdministrator(await store().administration.user(proof, id)) : undefined
  const user = found ?? notFound()
  const view: ActView = {
    now: proof.now,
    formToken: formToken(proof),
    asked: await askedFor('recent', proof),
    opened: typeof query.act === 'string' ? query.act : null,
    path: `/admin/users/${id}`,
  }
  const gone = user.deletedAt !== null
  return (
    <Page
      title={gone ? 'Deleted account' : user.email}
      lead={gone ? GONE : <Lead {...user} />}
      aside={<Sections here={null} />}
    >
      <Endings action={actOnUser}>
        <EndingsOutcome />
        {!gone && <AccountActs user={user} own={user.id === proof.userId} view={view} />}
        {!gone && <LiveSessions user={user} proof={proof} view={view} page={numberOf(query.page) ?? 1} />}
      </Endings>
      <RecentlyEnded userId={id} now={proof.now} />
      <Happened userId={id} now={proof.now} before={numberOf(query.before)} />
    </Page>
  )
}

const GONE = 'What was personal is gone with it. What happened is kept, without any of that.'

function Lead({ name, administrator, disabledAt }: { name: string; administrator: boolean; disabledAt: Date | null }) {
  return (
    <span className="flex flex-wrap items-center gap-2.5">
      <bdi>{name}</bdi>
      {administrator && <Badge>Administrator</Badge>}
      {disabledAt && <Badge tone="warning">Disabled</Badge>}
    </span>
  )
}

function numberOf(text: string | string[] | undefined): number | null {
  const number = Number(text)
  return Number.isSafeInteger(number) && number > 0 ? number : null
}
