import { json, withSession } from '#lib/http/api.ts'

/** The bare check: a proof and nothing else. */
export const GET = withSession(({ userId }) => json({ userId }))
