/**
 * What a person is told when a trip to a provider came to nothing. Pure. Anybody can write `?problem=`, so it chooses
 * among our own sentences, and the provider's name is the deployment's own.
 */
const SENTENCES = {
  unreachable: (name) =>
    `${name} cannot be reached at the moment. Try again in a few minutes, or confirm who you are in another way.`,
  declined: (name) => `This was called off at ${name}. Nothing has been changed.`,
  stale: (name) => `${name} did not ask you who you are lately enough, so nothing was done. Please try again.`,
  refused: (name) =>
    `What ${name} answered cannot be believed, so nothing was done. Please try again; if it happens again, tell whoever runs this site.`,
  over: () => 'That is over, took too long, or began in another browser, so nothing was done. Please start again.',
  'no-account': (name) =>
    `${name} gave no verified email address, so no account can be made from it. If you have an account, sign in to it in another way, then link ${name} under Linked apps.`,
  'address-taken': (name) =>
    `There is an account with your address already, and ${name} does not open it. Sign in to it as you are used to, then link ${name} under Linked apps.`,
  closed: (name) => `The account that ${name} opens here cannot be signed in to.`,
  throttled: () => 'Too many attempts came from your network. Please try again in a while.',
  form: () => 'This form was out of date. Please press the button again.',
  'other-account': (name) => `That was another account at ${name} than the one that is linked to yours.`,
  'linked-here': (name) => `That account at ${name} is linked to yours already.`,
  'linked-elsewhere': (name) => `That account at ${name} opens another account here, so it cannot be linked to yours.`,
  'too-late': () =>
    'It has been a while since you confirmed that it is you, so nothing was linked. Please start again.',
  renewed: () => 'Your session was just renewed, so nothing has been done yet. Please press the button once more.',
  'stays-signed-in': (name) =>
    `${name} cannot be signed out of from here. Go there and sign out, or close all windows of this browser.`,
} as const satisfies Readonly<Record<string, (name: string) => string>>

export type TripProblem = keyof typeof SENTENCES

/** @param name of the provider; null when there is none of that id */
export function problemSentence(text: unknown, name: string | null): string | null {
  if (typeof text !== 'string' || !Object.hasOwn(SENTENCES, text)) return null
  return SENTENCES[text as TripProblem](name ?? 'The other site')
}
