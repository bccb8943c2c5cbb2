/**
 * Errors of the API: RFC 9457 problem details with a stable `code`. The text helps an honest caller and is the same
 * for every cause that an attacker would like to tell apart.
 */
const PROBLEMS = {
  invalid_input: [400, 'Some values are missing or wrong.'],
  invalid_json: [400, 'The body is not JSON.'],
  invalid_request: [400, 'Send one credential: a session cookie, or a token in the Authorization header.'],
  invalid_credentials: [401, 'The email address or the password is wrong.'],
  invalid_factor: [401, 'That was not right, or it took too long. Try again, or start again from the beginning.'],
  invalid_token: [401, 'This access token is not good, or no longer, or not without a proof of its key.'],
  invalid_dpop_proof: [401, 'The DPoP proof does not fit this request, this token or this moment, or was used before.'],
  no_session: [401, 'Sign in first.'],
  cross_origin: [403, 'Changes are only taken from this app’s own pages.'],
  insufficient_scope: [403, 'The access token was not granted for this.'],
  enrolment_required: [
    403,
    'Make a passkey first: /account/security/enrol. Until then this session opens nothing else.',
  ],
  reauthentication_required: [403, 'Confirm who you are, then try again: POST /api/session/reauthenticate.'],
  not_found: [404, 'There is nothing here.'],
  method_not_allowed: [405, 'This address does not take that method.'],
  session_limit: [409, 'This account has as many sessions as it may have. End one of them to go on.'],
  session_renewed: [409, 'The session’s token was just renewed. Send the request again.'],
  too_large: [413, 'The body is larger than 64 KiB.'],
  unsupported_media_type: [415, 'Send application/json.'],
  too_many_attempts: [429, 'Too many attempts. Wait, then try again.'],
  internal_error: [500, 'Something went wrong here. It has been noted.'],
  unavailable: [503, 'The service cannot answer at the moment. Try again in a few seconds.'],
} as const satisfies Record<string, readonly [number, string]>

export type ProblemCode = keyof typeof PROBLEMS

/** The same sentence for people: a form says what the API says. */
export function problemTitle(code: ProblemCode): string {
  return PROBLEMS[code][1]
}

export interface FieldError {
  readonly field: string
  readonly message: string
}

export interface ProblemExtras {
  /** For `invalid_input`: what is wrong with which field. */
  readonly errors?: readonly FieldError[]
  /** Seconds; sent as `Retry-After`. */
  readonly retryAfter?: number
  readonly headers?: HeadersInit
  /** Further members, as RFC 9457 §3.2 allows. */
  readonly more?: Readonly<Record<string, unknown>>
}

export function problem(code: ProblemCode, extras: ProblemExtras = {}): Response {
  const [status, title] = PROBLEMS[code]
  const headers = new Headers(extras.headers)
  headers.set('content-type', 'application/problem+json')
  headers.set('cache-control', 'no-store')
  if (extras.retryAfter !== undefined) headers.set('retry-after', String(Math.ceil(extras.retryAfter)))
  const body = {
    type: 'about:blank',
    title,
    status,
    code,
    ...(extras.errors && { errors: extras.errors }),
    ...extras.more,
  }
  return new Response(JSON.stringify(body), { status, headers })
}
