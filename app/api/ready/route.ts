import { json, notAllowed, open } from '#lib/http/api.ts'
import { log } from '#lib/log.ts'
import { store } from '#lib/store.ts'

/** The process can serve: it reaches its database. What is wrong is named; the cause is in the log. */
export const GET = open(async () => {
  try {
    await store().ping()
    return json({ status: 'ready' })
  } catch (err) {
    log().error({ err }, 'not ready')
    return json({ status: 'unavailable', wrong: ['database'] }, 503, { 'retry-after': '5' })
  }
})

export const { DELETE, OPTIONS, PATCH, POST, PUT } = notAllowed('GET')
