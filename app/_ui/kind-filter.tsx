import type { EventKind } from '#db/contract.ts'
import { Button } from './button.tsx'
import { INPUT_CLASS } from './field.tsx'

interface KindFilterProps {
  readonly labels: Readonly<Record<EventKind, string>>
  readonly kind: EventKind | null
  /** Stays chosen. */
  readonly session: string | null
}

/** Chooses one kind of event: a plain form, so the choice is in the address and Back works. */
export function KindFilter({ labels, kind, session }: KindFilterProps) {
  return (
    <form method="get" className="flex flex-wrap items-end gap-3">
      <div className="min-w-0 grow sm:max-w-xs">
        <label htmlFor="kind" className="mb-1.5 block text-sm font-semibold">
          Show
        </label>
        <select id="kind" name="kind" defaultValue={kind ?? ''} className={INPUT_CLASS}>
          <option value="">Everything</option>
          {Object.entries(labels).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </div>
      {session && <input type="hidden" name="session" value={session} />}
      <Button type="submit" variant="secondary">
        Apply
      </Button>
    </form>
  )
}
