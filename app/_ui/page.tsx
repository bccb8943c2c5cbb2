import type { ReactNode } from 'react'
import { Heading } from './heading.tsx'

interface PageProps {
  readonly title: string
  /** A sentence below the title. */
  readonly lead?: ReactNode
  /** At the end of the title's line. */
  readonly aside?: ReactNode
  readonly children: ReactNode
}

/** The main part of a page behind sign-in, with its one `h1`. */
export function Page({ title, lead, aside, children }: PageProps) {
  return (
    <main id="content" className="mx-auto w-full max-w-3xl px-4 py-8 sm:px-6 sm:py-12">
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
        <div className="min-w-0">
          <Heading level={1} id="title">
            {title}
          </Heading>
          {lead && <div className="mt-2 max-w-prose text-muted">{lead}</div>}
        </div>
        {aside}
      </div>
      <div className="mt-8 space-y-10">{children}</div>
    </main>
  )
}
