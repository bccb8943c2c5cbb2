import type { ReactNode } from 'react'

/** A page that says one thing: not found, out of order, ended. */
export function MessagePage({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <main
      id="content"
      className="relative isolate grid min-h-[70dvh] place-items-center overflow-hidden px-4 py-16 text-center"
    >
      <div className="rosette absolute -inset-x-full inset-y-0 -z-10 m-auto size-120" aria-hidden="true" />
      <div className="max-w-md rounded-lg border border-line bg-surface p-6 shadow-card sm:p-8">
        <h1 className="text-2xl font-semibold">{title}</h1>
        <div className="mt-3 space-y-6 text-muted">{children}</div>
      </div>
    </main>
  )
}
