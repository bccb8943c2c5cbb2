import { json, open } from '#lib/http/api.ts'

/** The process is up and answers. */
export const GET = open(() => json({ status: 'ok' }))

export { notAllowed as DELETE, notAllowed as PATCH, notAllowed as POST, notAllowed as PUT } from '#lib/http/api.ts'
