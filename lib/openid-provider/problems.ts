/**
 * Why a request cannot be answered to the application, in words. Pure.
 * @see RFC 6749 §4.1.2.1
 */
export const PROBLEMS = {
  client: 'The application that sent you here is not registered with Signet, or may no longer ask here.',
  address: 'The application wants you back at an address that it has not registered, so nothing was sent there.',
  over: 'It was answered already, took longer than ten minutes, or began in another browser or under another sign-in.',
  busy: 'Too many requests have come from this network. It goes on in a quarter of an hour at the latest.',
  request: 'The application has asked for something that Signet cannot answer.',
} as const

export type RequestProblem = keyof typeof PROBLEMS

export function parseProblem(text: unknown): RequestProblem {
  return typeof text === 'string' && Object.hasOwn(PROBLEMS, text) ? (text as RequestProblem) : 'request'
}
