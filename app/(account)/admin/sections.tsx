const SECTIONS = [
  ['/admin/users', 'Users'],
  ['/admin/sessions', 'Sessions'],
  ['/admin/clients', 'Applications'],
] as const

/** Between the pages of administration. */
export function Sections({ here }: { readonly here: (typeof SECTIONS)[number][0] | null }) {
  return (
    <nav aria-label="Administration" className="-mx-2 flex flex-wrap text-sm">
      {SECTIONS.map(([path, label]) => (
        <a
          key={path}
          href={path}
          aria-current={path === here ? 'page' : undefined}
          className="inline-flex min-h-11 items-center px-2 aria-[current]:font-semibold aria-[current]:text-ink"
        >
          {label}
        </a>
      ))}
    </nav>
  )
}
