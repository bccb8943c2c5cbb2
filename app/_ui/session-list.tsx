import type { ReactNode } from 'react'

/** Holds `SessionItem`s. `list` is said outright: Safari forgets it where there are no bullets. */
export function SessionList({ labelledBy, children }: { readonly labelledBy: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: see above
    <ul role="list" aria-labelledby={labelledBy} className="space-y-4">
      {children}
    </ul>
  )
}
