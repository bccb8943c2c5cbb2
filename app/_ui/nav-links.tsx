'use client'
import { usePathname } from 'next/navigation'

const LINKS = [
  ['/account', 'Account'],
  ['/account/sessions', 'Active sessions'],
  ['/account/apps', 'Linked apps'],
  ['/account/security', 'Security'],
  ['/account/activity', 'Activity'],
] as const

/** The pages behind sign-in. Plain links: a full navigation leaves nothing private in the router's memory. */
export function NavLinks({ more }: { readonly more: readonly (readonly [path: string, label: string])[] }) {
  const here = usePathname()
  return (
    <nav aria-label="Your account" className="-mx-2 flex flex-wrap">
      {[...LINKS, ...more].map(([path, label]) => (
        <a
          key={path}
          href={path}
          aria-current={here === path ? 'page' : isWithin(here, path) ? 'true' : undefined}
          className="relative inline-flex min-h-11 items-center px-2 text-sm font-medium text-muted no-underline hover:text-ink hover:no-underline aria-[current]:text-ink aria-[current]:after:absolute aria-[current]:after:inset-x-2 aria-[current]:after:bottom-0 aria-[current]:after:border-b-2 aria-[current]:after:border-accent"
        >
          {label}
        </a>
      ))}
    </nav>
  )
}

/** Administration is several pages with one link. */
function isWithin(here: string | null, path: string): boolean {
  return path.startsWith('/admin/') && (here?.startsWith('/admin/') ?? false)
}
