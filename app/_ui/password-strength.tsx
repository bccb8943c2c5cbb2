import { type PasswordHint, passwordHint } from './password-hint.ts'

const MARKS: Readonly<Record<PasswordHint['strength'], string>> = {
  short: 'bg-control',
  plain: 'bg-warning',
  fair: 'bg-accent',
  good: 'bg-accent',
}
const PARTS = ['short', 'plain', 'fair', 'good'] as const

/** How good a new password is so far: in words, which a bar repeats. */
export function PasswordStrength({ password }: { readonly password: string }) {
  const hint = password ? passwordHint(password) : undefined
  return (
    <div className="mt-2 min-h-8">
      <div className="flex gap-1" aria-hidden="true">
        {PARTS.map((part, index) => (
          <span
            key={part}
            className={`h-1 flex-1 rounded-full ${hint && index <= PARTS.indexOf(hint.strength) ? MARKS[hint.strength] : 'bg-line'}`}
          />
        ))}
      </div>
      <p aria-live="polite" className="mt-1.5 text-xs text-muted">
        {hint?.words}
      </p>
    </div>
  )
}
