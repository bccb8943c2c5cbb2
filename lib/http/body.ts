/** What a body may have, whoever sends it to whatever address. Bytes. */
export const LARGEST_BODY = 64 * 1024

/** The body as it comes, or null when there is more of it than allowed: `Content-Length` is only a claim. */
export async function readLimited(request: Request): Promise<Buffer<ArrayBuffer> | null> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of request.body ?? []) {
    size += part.byteLength
    if (size > LARGEST_BODY) return null
    parts.push(part)
  }
  return Buffer.concat(parts)
}
