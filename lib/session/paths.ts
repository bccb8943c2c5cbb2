/** The path and query that were asked for: set by `proxy.ts` on the request that a page sees, over whatever was sent. */
export const PATH_HEADER = 'x-signet-path'
