import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Filled, Filling } from '../in-process/fill.ts'
import { runChild } from './child.ts'
import { benchSettings, freePort } from './server.ts'

/** Temporary folders of this run. */
const folders: string[] = []

export function temporary(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `signet-bench-${name}-`))
  folders.push(folder)
  return folder
}

export function cleanUp(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
}

/** Nobody's password: the accounts live as long as the run. */
export const PASSWORD = 'quiet lantern over seven rivers'

/** A database with people in it, and the settings by which a process uses it. */
export interface Place extends Filled {
  readonly env: Readonly<Record<string, string>>
}

export async function newPlace(filling: Partial<Filling>): Promise<Place> {
  const env = benchSettings(temporary('data'), await freePort())
  const all: Filling = { rows: 0, people: 0, crowd: 0, ofOne: 0, perUser: 3, password: PASSWORD, ...filling }
  return { env, ...(await runChild<Filling, Filled>('fill', env, all)) }
}
