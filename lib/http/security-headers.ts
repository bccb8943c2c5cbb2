import { settings } from '#lib/config.ts'
import { DAY } from '#lib/time.ts'

/**
 * Headers of every response, assets and errors included. The strict policy is for what is not a page; `proxy.ts`
 * replaces it for pages by one with a nonce.
 * @see ASVS v5.0.0-3.4.1 to 3.4.8
 */
export function commonHeaders(): readonly (readonly [string, string])[] {
  return [
    ['X-Content-Type-Options', 'nosniff'],
    // Not `no-referrer`: with it Chromium sends `Origin: null` from plain forms, and own forms could not be told.
    ['Referrer-Policy', 'same-origin'],
    ['Cross-Origin-Opener-Policy', 'same-origin'],
    ['Cross-Origin-Resource-Policy', 'same-origin'],
    ['Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()'],
    ['X-Frame-Options', 'DENY'],
    ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"],
    ['Cache-Control', 'no-store'],
    ...(settings().secureOrigin
      ? ([['Strict-Transport-Security', `max-age=${365 * DAY}; includeSubDomains`]] as const)
      : []),
  ]
}

/** The policy of a page. Development needs `eval` and inline styles for its tools; production has neither. */
export function pagePolicy(nonce: string): string {
  const { production, secureOrigin } = settings()
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${production ? '' : " 'unsafe-eval'"}`,
    `style-src 'self' ${production ? `'nonce-${nonce}'` : "'unsafe-inline'"}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(secureOrigin ? ['upgrade-insecure-requests'] : []),
  ].join('; ')
}
