const EDGE =
  'M16 1.9Q19.8 -0.9 22.1 3.3Q26.8 2.5 27 7.2Q31.6 8.5 29.7 12.9Q33.3 16 29.7 19.1Q31.6 23.5 27 24.8Q26.8 29.5 22.1 28.7Q19.8 32.9 16 30.1Q12.2 32.9 9.9 28.7Q5.2 29.5 5 24.8Q0.4 23.5 2.3 19.1Q-1.3 16 2.3 12.9Q0.4 8.5 5 7.2Q5.2 2.5 9.9 3.3Q12.2 -0.9 16 1.9Z'
const LETTER =
  'M20.4 11.9c-.6-1.75-2.25-2.8-4.4-2.8-2.6 0-4.45 1.35-4.45 3.4 0 4.7 9.1 2.3 9.1 7.05 0 2.1-1.95 3.45-4.65 3.45-2.4 0-4.15-1.1-4.75-3'

/** A seal with its S cut into it, 32 units wide; for use inside an `svg`. */
export function SealShape() {
  return (
    <>
      <path className="fill-accent" d={EDGE} />
      <path className="stroke-surface" d={LETTER} fill="none" strokeWidth="2.6" strokeLinecap="round" />
    </>
  )
}

function Seal({ className = 'size-8' }: { readonly className?: string }) {
  return (
    <svg className={`shrink-0 ${className}`} viewBox="0 0 32 32" aria-hidden="true">
      <SealShape />
    </svg>
  )
}

/** The name with its seal. */
export function Logo() {
  return (
    <span className="inline-flex items-center gap-2.5">
      <Seal />
      <span className="text-lg font-bold tracking-tight">Signet</span>
    </span>
  )
}
