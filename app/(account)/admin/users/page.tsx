import type { Metadata } from 'next'
import type { UserSummary } from '#db/contract.ts'
import { requireAdministrator, shownToAdministrator } from '#lib/session/require-administrator.ts'
import { store } from '#lib/store.ts'
import { Badge } from '#ui/badge.tsx'
import { Button, ButtonLink } from '#ui/button.tsx'
import { Empty } from '#ui/empty.tsx'
import { Field } from '#ui/field.tsx'
import { Page } from '#ui/page.tsx'
import { Time } from '#ui/time.tsx'
import { Sections } from '../sections.tsx'

export const metadata: Metadata = { title: 'Users' }

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>
}

const PER_PAGE = 25
const LONGEST = 320

export default async function UsersPage({ searchParams }: Props) {
  const proof = await requireAdministrator()
  const query = await searchParams
  const search = typeof query.q === 'string' ? query.q.trim().slice(0, LONGEST) : ''
  const after = typeof query.after === 'string' && query.after !== '' ? query.after.slice(0, LONGEST) : null
  // One more than is shown tells whether there are others.
  const wanted = { search: search.normalize('NFC'), after, most: PER_PAGE + 1 }
  const found = shownToAdministrator(await store().administration.users(proof, wanted))
  const users = found.slice(0, PER_PAGE)
  const last = found.length > PER_PAGE ? users.at(-1) : undefined
  return (
    <Page title="Users" lead="Everybody with an account, by address." aside={<Sections here="/admin/users" />}>
      <Search search={search} />
      {users.length === 0 ? (
        <Empty title="Nobody found">
          {search ? 'No name and no address has this in it.' : 'There is nobody after this address.'}
        </Empty>
      ) : (
        <ul aria-label="Users" className="divide-y divide-line border-y border-line">
          {users.map((user) => (
            <UserRow key={user.id} user={user} now={proof.now} own={user.id === proof.userId} />
          ))}
        </ul>
      )}
      <nav aria-label="Pages of users" className="flex flex-wrap gap-3">
        {after && (
          <ButtonLink href={pathOf(search, null)} variant="secondary">
            From the start
          </ButtonLink>
        )}
        {last && (
          <ButtonLink href={pathOf(search, last.email)} variant="secondary">
            Next
          </ButtonLink>
        )}
      </nav>
    </Page>
  )
}

/** A plain form, so that the search is in the address and Back works. */
function Search({ search }: { readonly search: string }) {
  return (
    <search>
      <form method="get" className="flex flex-wrap items-end gap-3">
        <div className="min-w-0 grow sm:max-w-md">
          <Field name="q" label="Name or address" type="search" defaultValue={search} maxLength={LONGEST} />
        </div>
        <Button type="submit" variant="secondary">
          Search
        </Button>
        {search && (
          <ButtonLink href="/admin/users" variant="quiet">
            Show all
          </ButtonLink>
        )}
      </form>
    </search>
  )
}

function UserRow({ user, now, own }: { readonly user: UserSummary; readonly now: Date; readonly own: boolean }) {
  const { id, name, email, administrator, disabledAt, sessions, lastActiveAt } = user
  return (
    <li className="py-4">
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1.5">
        <a href={`/admin/users/${id}`} className="inline-flex min-h-6 items-center font-semibold wrap-anywhere">
          <bdi>{email}</bdi>
        </a>
        {own && <Badge tone="accent">You</Badge>}
        {administrator && <Badge>Administrator</Badge>}
        {disabledAt && <Badge tone="warning">Disabled</Badge>}
      </div>
      <p className="mt-0.5 text-sm text-muted wrap-anywhere">
        <bdi>{name}</bdi> · {countWords(sessions)}
        {lastActiveAt && (
          <>
            {' · last active '}
            <Time at={lastActiveAt} now={now} />
          </>
        )}
      </p>
    </li>
  )
}

function countWords(count: number): string {
  if (count === 0) return 'not signed in'
  return count === 1 ? 'one session' : `${count.toLocaleString('en')} sessions`
}

function pathOf(search: string, after: string | null): string {
  const query = new URLSearchParams({ ...(search && { q: search }), ...(after && { after }) })
  return query.size ? `/admin/users?${query}` : '/admin/users'
}
