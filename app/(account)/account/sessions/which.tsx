import { durationWords } from '#lib/duration-words.ts'
import { Empty } from '#ui/empty.tsx'
import type { SessionCard } from '#ui/session-card.ts'
import type { PageView, Show } from './views.ts'

const PER_PAGE = 20
const SHOWS = ['all', 'active', 'unused'] as const

/** Anything but a known word shows all: a mistyped address hides no session. */
export function parseShow(text: string | string[] | undefined): Show {
  return SHOWS.find((show) => show === text) ?? 'all'
}

/** What of a long list stands on this page. */
interface Which {
  /** There is a choice: more than one page of sessions, and some may be unused. */
  readonly filtered: boolean
  readonly counts: Readonly<Record<Show, number>>
  readonly shown: readonly SessionCard[]
  readonly page: number
  readonly pages: number
}

/** @param sessions latest activity first, this one not among them */
export function whichOf(sessions: readonly SessionCard[], { show, opened, page, unusedAfter }: PageView): Which {
  const unused = sessions.filter(({ unusedFor }) => unusedFor !== null)
  const active = sessions.filter(({ unusedFor }) => unusedFor === null)
  const chosen = { all: sessions, active, unused }[show]
  const pages = Math.max(1, Math.ceil(chosen.length / PER_PAGE))
  // Without scripts a dialog is asked for by its session alone: the page that has that session is shown.
  const at = chosen.findIndex(({ id }) => id === opened)
  const current = at < 0 ? Math.min(page, pages) : Math.floor(at / PER_PAGE) + 1
  return {
    filtered: unusedAfter !== null && (sessions.length > PER_PAGE || show !== 'all'),
    counts: { all: sessions.length, active: active.length, unused: unused.length },
    shown: chosen.slice((current - 1) * PER_PAGE, current * PER_PAGE),
    page: current,
    pages,
  }
}

interface Props {
  readonly which: Which
  readonly view: PageView
}

/** Plain links, so that the choice is in the address and Back works. */
export function Filter({ which, view }: Props) {
  const labels: Record<Show, string> = {
    all: 'All',
    active: 'Active',
    unused: `Unused for ${durationWords(view.unusedAfter ?? 0)} or longer`,
  }
  return (
    <>
      <nav aria-label="Which sessions" className="-mx-2 flex flex-wrap text-sm">
        {SHOWS.map((show) => (
          <a
            key={show}
            href={pathOf(show, 1)}
            aria-current={show === view.show ? 'true' : undefined}
            className="inline-flex min-h-11 items-center px-2 aria-[current]:font-semibold aria-[current]:text-ink"
          >
            {labels[show]} ({which.counts[show]})
          </a>
        ))}
      </nav>
      <p className="mb-4 text-sm text-muted">
        “Sign out other sessions” acts on all {which.counts.all}, whichever are shown.
      </p>
    </>
  )
}

/** There are others, but none that was asked for. */
export function NoneOfThese({ view }: { readonly view: PageView }) {
  const long = durationWords(view.unusedAfter ?? 0)
  if (view.show === 'unused') {
    return <Empty title="None is unused">Each of your other sessions was used within the last {long}.</Empty>
  }
  return <Empty title="None is active">None of your other sessions was used within the last {long}.</Empty>
}

export function Pages({ which: { page, pages }, view: { show } }: Props) {
  if (pages === 1) return null
  return (
    <nav aria-label="Pages of sessions" className="mt-4 flex flex-wrap items-center gap-4 text-sm">
      {page > 1 && <a href={pathOf(show, page - 1)}>Previous</a>}
      <span>
        Page {page} of {pages}. “Sign out other sessions” acts on all pages.
      </span>
      {page < pages && <a href={pathOf(show, page + 1)}>Next</a>}
    </nav>
  )
}

function pathOf(show: Show, page: number): string {
  const query = new URLSearchParams({ ...(show !== 'all' && { show }), ...(page > 1 && { page: String(page) }) })
  return query.size ? `/account/sessions?${query}` : '/account/sessions'
}
