/**
 * Requirements in scope that no test of this book shows, each with the reason. What is absent from this version is said
 * to be absent; nothing here is "later" without saying what stands in its place today.
 */
export const REASONS: Readonly<Record<string, string>> = {
  'ASVS4-3.4.5':
    'By document: the app has a host of its own, and a __Host- cookie must have the whole path (docs/decisions/0010-cookies.md).',
  '3.5.4':
    'By document: docs/deploy.md asks for a host name of its own, and docs/decisions/0016-hosts-and-browsers.md says why.',
}
