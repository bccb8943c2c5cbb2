import type { ReactNode } from 'react'

/** A list with nothing in it: says so, and what would stand here. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="relative overflow-hidden rounded-lg border border-dashed border-control px-5 py-8 text-center sm:py-10">
      <div className="rosette absolute inset-0 m-auto size-72" aria-hidden="true" />
      <div className="relative mx-auto max-w-prose">
        <p className="font-semibold">{title}</p>
        {children && <div className="mt-1 text-sm text-muted">{children}</div>}
      </div>
    </div>
  )
}
