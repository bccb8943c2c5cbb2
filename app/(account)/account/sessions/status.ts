import type { SessionCard } from '#ui/session-card.ts'

/** The page in one or two sentences: how many, and whether there is something to look at. */
export function statusSentence(live: readonly SessionCard[]): string {
  const fresh = live.filter(({ isNew }) => isNew).length
  if (live.length === 1) return 'You are signed in here and nowhere else.'
  const count = `on ${live.length} devices or browsers`
  if (fresh === 0) return `You are signed in ${count}. None is newer than this one.`
  const which = fresh === 1 ? 'One of them is' : `${fresh} of them are`
  return `You are signed in ${count}. ${which} new since you signed in here: look for “New” below.`
}
