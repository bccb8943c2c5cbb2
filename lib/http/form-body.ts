import 'server-only'
import { readLimited } from './body.ts'

/** The fields of a form that was posted to a handler; none when it is no form. Null: it is too large. */
export async function readForm(request: Request): Promise<FormData | null> {
  const body = await readLimited(request)
  if (!body) return null
  const type = request.headers.get('content-type') ?? ''
  return new Response(body, { headers: { 'content-type': type } }).formData().catch(() => new FormData())
}
