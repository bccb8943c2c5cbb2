import { json, notAllowed, open } from '#lib/http/api.ts'
import { problem } from '#lib/http/problem.ts'
import { log } from '#lib/log.ts'
import { store } from '#lib/store.ts'

/**
 * The process can serve: its database answers and takes writes, without which nobody gets in or out. Nothing is written
 * for that. What is wrong is named; the cause is in the log.
 */
export const GET = open(async () => {
  try {
    await store().ping('write')
    return json({ status: 'ready' })
  } catch (err) {
    log().error({ err }, 'not ready')
    return problem('unavailable', { retryAfter: 5, more: { wrong: ['database'] } })
  }
})

export const { DELETE, OPTIONS, PATCH, POST, PUT } = notAllowed('GET')
