import 'server-only'
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import * as z from 'zod'
import { randomSecret } from '#lib/random.ts'
import { parseKeys, problemOf } from './parse.ts'

/** One key of the ring. Instants that do not apply are null. */
export interface Key {
  /** Its name, public: it stands in every seal. */
  readonly id: string
  readonly secret: string
  readonly addedAt: Date | null
  /** It opens from the beginning and seals from here on, when every process has had time to learn it. */
  readonly sealsFrom: Date | null
  /** It opens until here. */
  readonly retiresAt: Date | null
}

/** The keys cannot be used; the message says which file, why, and what to do. */
export class WrongKeys extends Error {
  readonly code = 'wrong_keys'
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'WrongKeys'
  }
}

const instant = z.iso
  .datetime()
  .transform((text) => new Date(text))
  .nullish()
  .default(null)
const KEY_FILE = z.object({
  keys: z.array(
    z.object({ id: z.string(), secret: z.string(), addedAt: instant, sealsFrom: instant, retiresAt: instant }),
  ),
})

/** What changes when the file does: also when it is replaced by one of the same time. Undefined when there is none. */
export function versionOfFile(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat && `${stat.ino}:${stat.mtimeMs}:${stat.size}`
}

/** Keys in the file's order, which is the order of preference: newest first. Throws `WrongKeys`. */
export function readKeyFile(path: string): readonly Key[] {
  const keys = parseFile(path, readText(path))
  const problem = problemOf(keys)
  if (problem) throw new WrongKeys(`The key file ${path} ${problem}`)
  return keys
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new WrongKeys(`The key file ${path} cannot be read (${codeOf(cause)}).`, cause)
  }
}

/** Either our JSON or the form of `SESSION_KEYS`. */
function parseFile(path: string, text: string): readonly Key[] {
  if (text.trimStart().startsWith('{')) {
    try {
      return KEY_FILE.parse(JSON.parse(text)).keys
    } catch {
      // The parser's own words could quote a secret.
      throw new WrongKeys(`The key file ${path} is not a JSON object with a list "keys" of {id, secret}.`)
    }
  }
  return keysFromText(text, `The key file ${path}`)
}

export function keysFromText(text: string, subject: string): readonly Key[] {
  const parsed = parseKeys(text)
  if ('problem' in parsed) throw new WrongKeys(`${subject} ${parsed.problem}`)
  return parsed.keys.map((key) => ({ ...key, addedAt: null, sealsFrom: null, retiresAt: null }))
}

/** Whether anybody but the owner may read the file. Meaningless on Windows, where it is never so. */
export function isOpenToOthers(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false })
  return process.platform !== 'win32' && stat !== undefined && (stat.mode & 0o077) !== 0
}

export function newKey(id: string, addedAt: Date, sealsFrom: Date | null): Key {
  return { id, secret: randomSecret().toString('base64url'), addedAt, sealsFrom, retiresAt: null }
}

/** Makes the file with a first key, unless another process was quicker: then its keys count. Throws `WrongKeys`. */
export function createKeyFile(path: string, now: Date): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    placeNew(writeDraft(path, [newKey('k1', now, null)]), path)
  } catch (cause) {
    throw new WrongKeys(`The key file ${path} cannot be made (${codeOf(cause)}). Set SESSION_KEYS or DATA_DIR.`, cause)
  }
}

function placeNew(draft: string, path: string): void {
  try {
    linkSync(draft, path)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Replaces the file in one step, so that no reader ever sees half of it. */
export function replaceKeyFile(path: string, keys: readonly Key[]): void {
  try {
    renameSync(writeDraft(path, keys), path)
  } catch (cause) {
    throw new WrongKeys(`The key file ${path} cannot be written (${codeOf(cause)}).`, cause)
  }
}

function writeDraft(path: string, keys: readonly Key[]): string {
  const draft = `${path}.${process.pid}.new`
  rmSync(draft, { force: true })
  const file = openSync(draft, 'wx', 0o600)
  try {
    writeSync(file, `${JSON.stringify({ keys }, null, 2)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  return draft
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown cause'
}
