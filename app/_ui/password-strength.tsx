import type { Strength } from '#lib/authentication/strength.ts'

/** How good a new password is so far: in words, which a bar of four parts repeats. Without scripts it would stay empty. */
export function PasswordStrength({ strength }: { readonly strength: Strength | undefined }) {
  const score = strength?.score ?? 0
  const mark = score >= 2 ? 'bg-accent' : 'bg-warning'
  return (
    <div className="mt-2 min-h-8 noscript:hidden">
      <div className="flex gap-1" aria-hidden="true">
        {[1, 2, 3, 4].map((part) => (
          <span key={part} className={`h-1 flex-1 rounded-full ${part <= score ? mark : 'bg-line'}`} />
        ))}
      </div>
      <p aria-live="polite" className="mt-1.5 text-xs text-muted">
        {strength?.words}
      </p>
    </div>
  )
}
