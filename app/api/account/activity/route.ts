import { csv, exported, type Shown } from '#lib/audit/export.ts'
import { parseSessionId } from '#lib/audit/lineage.ts'
import { parseEventKind } from '#lib/audit/sentences.ts'
import { shortenAddress } from '#lib/device/address.ts'
import { json, notAllowed, withSession } from '#lib/http/api.ts'
import { isRecent } from '#lib/session/current.ts'
import { store } from '#lib/store.ts'

/** More than a year of a busy account; older ones are on the pages. */
const MOST = 10_000

/** The account's events as a file, `format=csv` or `format=json`; whole addresses only while the proof is fresh. */
export const GET = withSession(async (proof, { request }) => {
  const query = new URL(request.url).searchParams
  const kind = parseEventKind(query.get('kind') ?? '')
  const events = await store().events.list({
    userId: proof.userId,
    kinds: kind ? [kind] : [],
    sessionId: parseSessionId(query.get('session')),
    before: null,
    most: MOST,
  })
  const address: Shown = isRecent(proof.session, proof.now) ? (ip) => ip : shortenAddress
  const rows = events.map((event) => exported(event, address))
  if (query.get('format') === 'json') return json({ events: rows }, 200, attachment('json'))
  return new Response(csv(rows), {
    headers: { ...attachment('csv'), 'content-type': 'text/csv; charset=utf-8', 'cache-control': 'no-store' },
  })
})

function attachment(extension: string): Record<string, string> {
  return { 'content-disposition': `attachment; filename="signet-activity.${extension}"` }
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = notAllowed('GET')
