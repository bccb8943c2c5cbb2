import { json, notAllowed, open } from '#lib/http/api.ts'

/** The process is up and answers. */
export const GET = open(() => json({ status: 'ok' }))

export const { DELETE, OPTIONS, PATCH, POST, PUT } = notAllowed('GET')
