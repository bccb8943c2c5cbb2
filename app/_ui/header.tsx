import type { ReactNode } from 'react'
import { Logo } from './logo.tsx'
import { NavLinks } from './nav-links.tsx'
import { SignOutForm } from './sign-out-form.tsx'

function SkipLink() {
  return (
    <a
      href="#content"
      className="absolute start-4 top-3 z-10 -translate-y-24 rounded-md bg-ink px-4 py-3 text-sm font-semibold text-paper focus:translate-y-0"
    >
      Skip to content
    </a>
  )
}

function HomeLink() {
  return (
    <a href="/" className="inline-flex min-h-11 items-center rounded-md text-ink no-underline hover:no-underline">
      <Logo />
    </a>
  )
}

interface AccountHeaderProps {
  readonly name: string
  readonly formToken: string
  readonly administrator: boolean
}

/** For administrators alone: to everybody else there is no such page. */
const ADMINISTRATION = [['/admin/users', 'Administration']] as const

/** Above every page behind sign-in. `Sign out` is always in sight, from 320 pixels on. */
export function AccountHeader({ name, formToken, administrator }: AccountHeaderProps) {
  return (
    <header className="border-b border-line bg-surface">
      <SkipLink />
      <div className="mx-auto flex max-w-3xl flex-wrap items-center justify-between gap-x-6 px-4 pt-3 sm:px-6">
        <HomeLink />
        <div className="flex min-w-0 items-center gap-4">
          <span className="hidden max-w-64 min-w-0 text-end text-sm text-muted wrap-anywhere sm:block">
            <bdi>{name}</bdi>
          </span>
          <SignOutForm formToken={formToken} />
        </div>
        <div className="mt-1 basis-full">
          <NavLinks more={administrator ? ADMINISTRATION : []} />
        </div>
      </div>
    </header>
  )
}

/** Above public pages. What can be done stands at its end. */
export function PublicHeader({ children }: { readonly children?: ReactNode }) {
  return (
    <header>
      <SkipLink />
      <div className="mx-auto flex max-w-6xl items-center justify-between gap-x-6 px-4 py-3 sm:px-6">
        <HomeLink />
        {children}
      </div>
    </header>
  )
}
