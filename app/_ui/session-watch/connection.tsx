import { Button } from '../button.tsx'
import { REACH_WORDS, useReach } from './reach.ts'

interface ConnectionProps {
  /** The page waits, hidden, for the server's word that its session stands. */
  readonly hidden: boolean
  readonly onRetry: () => void
}

/** A quiet line at the foot of the window while the server does not answer. Always there, so that it is read out. */
export function Connection({ hidden, onRetry }: ConnectionProps) {
  const words = REACH_WORDS[useReach()]
  return (
    <div role="status" className="fixed inset-x-0 bottom-0 z-10">
      {words && (
        <div className="flex flex-wrap items-center justify-center gap-x-4 gap-y-2 border-t border-warning/35 bg-warning-soft px-4 py-2 text-center text-sm">
          <p>
            <strong>{words}</strong>{' '}
            {hidden
              ? 'This page stays hidden until it is certain that you are still signed in.'
              : 'What you see may be out of date, and nothing can be changed until this is over.'}
          </p>
          {hidden && (
            <Button variant="secondary" onClick={onRetry}>
              Try again
            </Button>
          )}
        </div>
      )}
    </div>
  )
}
