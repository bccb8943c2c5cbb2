import 'server-only'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import type { Message } from './compose.ts'
import { type Deliver, mimeOf } from './transport.ts'

/**
 * Mail for a machine without a mail server: `.eml` files, which any mail program opens. Nobody else may read them,
 * since their links open things. A file is complete when its name ends in `.eml`; sent again, it takes its own place.
 */
export function fileTransport(directory: string): Deliver {
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
  return async (message) => {
    try {
      const { message: bytes } = await composer.sendMail({ ...mimeOf(message), text: { raw: readable(message.text) } })
      await write(directory, message, bytes as Buffer)
      return { outcome: 'accepted' }
    } catch (error) {
      return { outcome: 'failed', why: String((error as { code?: unknown }).code ?? 'unknown') }
    }
  }
}

/** Unencoded, so that a link can be copied out of the file by whoever has no mail program at hand. */
function readable(text: string): string {
  const headers = 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
  return headers + text.replace(/\n/g, '\r\n')
}

/** As the transport names them: nothing else in the folder is ours to remove. */
const OURS = /^\d{4}-\d\d-\d\dT[\d-]+Z-\d+\.(?:eml|part)$/

/** Removes mails that were written before this instant: they hold addresses, and nobody sends them. Answers how many. */
export async function removeOldMail(directory: string, before: Date): Promise<number> {
  const names = await readdir(directory).catch(() => [])
  let removed = 0
  for (const name of names.filter((one) => OURS.test(one))) {
    const path = join(directory, name)
    const found = await stat(path).catch(() => null)
    if (!found?.isFile() || found.mtime >= before) continue
    await rm(path, { force: true })
    removed += 1
  }
  return removed
}

async function write(directory: string, { name }: Message, bytes: Buffer): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const path = join(directory, name)
  const file = await open(`${path}.part`, 'w', 0o600)
  try {
    await file.writeFile(bytes)
    // The row goes next: what it said must be on the disk by then.
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.part`, `${path}.eml`)
}
