import type { ReactNode } from 'react'
import { Heading } from './heading.tsx'

export function Card({ children }: { readonly children: ReactNode }) {
  return <div className="rounded-lg border border-line bg-surface p-5 shadow-card sm:p-6">{children}</div>
}

interface SectionProps {
  /** Names the section; the heading's id is `${id}-heading`. */
  readonly id: string
  readonly title: string
  readonly lead?: ReactNode
  readonly aside?: ReactNode
  readonly children: ReactNode
}

/** A part of a page under an `h2` that names it. */
export function Section({ id, title, lead, aside, children }: SectionProps) {
  return (
    <section aria-labelledby={`${id}-heading`}>
      <div className="mb-4 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <Heading level={2} id={`${id}-heading`}>
            {title}
          </Heading>
          {lead && <div className="mt-1 max-w-prose text-sm text-muted">{lead}</div>}
        </div>
        {aside}
      </div>
      {children}
    </section>
  )
}

/** Facts as terms and descriptions: beside each other where there is room. */
export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className="divide-y divide-line">{children}</dl>
}

export function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <div className="grid gap-x-6 gap-y-0.5 py-3 first:pt-0 last:pb-0 sm:grid-cols-[12rem_1fr]">
      <dt className="text-sm text-muted">{term}</dt>
      <dd className="min-w-0 text-sm font-medium wrap-anywhere">{children}</dd>
    </div>
  )
}
