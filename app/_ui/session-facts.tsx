import type { ReactNode } from 'react'
import { ChevronIcon } from './icons.tsx'

/** A term and its value in the third line of a session: below each other on a phone, as columns from there on. */
export function SessionFact({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <div className="min-[24rem]:flex min-[24rem]:justify-between sm:block">
      <dt className="text-xs text-muted">{term}</dt>
      <dd className="text-xs font-medium sm:text-sm">{children}</dd>
    </div>
  )
}

export function SessionFacts({ children }: { readonly children: ReactNode }) {
  return <dl className="mt-4 grid gap-x-6 gap-y-2 sm:ms-10 sm:grid-cols-3">{children}</dl>
}

/** What a row leaves out, behind a native disclosure. */
export function SessionDetails({ of, children }: { readonly of: string; readonly children: ReactNode }) {
  return (
    <details className="group open:pb-2">
      <summary className="-mx-2 inline-flex min-h-11 list-none items-center gap-1.5 rounded-md px-2 text-sm font-semibold text-accent hover:bg-sunken [&::-webkit-details-marker]:hidden">
        Details<span className="sr-only"> of {of}</span>
        <ChevronIcon className="size-4 motion-safe:transition-transform motion-safe:duration-150 group-open:rotate-180" />
      </summary>
      <div className="mt-2 space-y-5 border-t border-line pt-4">{children}</div>
    </details>
  )
}
