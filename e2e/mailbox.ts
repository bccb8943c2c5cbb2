import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { received } from '#lib/mail/testing/received.ts'
import type { Server } from './server.ts'

/** Mail as it arrives: the `.eml` files that the server writes where it has no mail server. */
export interface Letter {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** The one link of the letter, if it has one: path and query. */
  readonly link: string
}

/** What has come to an address so far, oldest first. */
export function mailOf(server: Server, address: string): Letter[] {
  const folder = join(server.dataDir, 'outbox')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.eml'))
    .sort(byArrival)
    .map((name) => letter(readFileSync(join(folder, name), 'utf8'), server.origin))
    .filter(({ to }) => to === address)
}

/** The number at the end is the order in which they were written down. */
function byArrival(a: string, b: string): number {
  const number = (name: string) => Number(/-(\d+)\.eml$/.exec(name)?.[1])
  return number(a) - number(b)
}

function letter(raw: string, origin: string): Letter {
  const { headers, text, html } = received(raw)
  const header = (name: string) => headers.get(name)?.[0] ?? ''
  const url = new RegExp(`${origin}(/\\S*)`).exec(text)?.[1] ?? ''
  return { to: header('to').replace(/[<>]/g, ''), subject: header('subject'), text, html, link: url }
}

/** Waits until so many mails with this subject have come to the address; answers the newest. */
export async function mailTo(server: Server, address: string, subject: RegExp, count = 1): Promise<Letter> {
  const found = () => mailOf(server, address).filter((each) => subject.test(each.subject))
  await expect.poll(() => found().length, `mail to ${address}: ${subject}`).toBeGreaterThanOrEqual(count)
  const newest = found().at(-1)
  if (!newest) throw new Error('no mail')
  return newest
}

/** Waits until nothing is left to send: what has not come by now was never written. */
export async function allMailSent(server: Server): Promise<void> {
  const waiting = () => (server.db.prepare('select count(*) as n from outbox').get() as { n: number }).n
  await expect.poll(waiting, 'the outbox is empty').toBe(0)
}
