import 'server-only'
import { environment, parseSettings, type Settings } from '#lib/config.ts'
import { closeStore } from '#lib/store.ts'
import { aboutDatabase } from './doctor/database.ts'
import { error, type Finding, ok } from './doctor/finding.ts'
import { aboutKeys } from './doctor/keys.ts'
import { aboutSettings } from './doctor/settings.ts'
import { loadEnvFiles, openForLooking } from './prepare.ts'
import { say } from './terminal.ts'

/** Looks and tells; changes nothing but the schema, as every opening does. 1 when there is an error. */
export async function doctor(): Promise<number> {
  loadEnvFiles()
  const parsed = parseSettings(environment())
  const findings = [ok(`Node ${process.versions.node}`)]
  if ('problems' in parsed) findings.push(...parsed.problems.map(error))
  else
    findings.push(
      ...aboutSettings(parsed.settings),
      ...aboutKeys(parsed.settings),
      ...(await lookIntoDatabase(parsed.settings)),
    )
  for (const { weight, text } of findings) say(`${weight.padEnd(8)} ${text}`)
  const count = (weight: Finding['weight']) => findings.filter((finding) => finding.weight === weight).length
  say(`Errors: ${count('error')}, warnings: ${count('warning')}`)
  return count('error') > 0 ? 1 : 0
}

async function lookIntoDatabase(settings: Settings): Promise<Finding[]> {
  try {
    return await aboutDatabase(await openForLooking(), settings)
  } catch (problem) {
    return [error(`The database ${placeOf(settings)} cannot be used: ${rootOf(problem)}`)]
  } finally {
    await closeStore()
  }
}

/** Without user and password. */
function placeOf({ databaseUrl }: Settings): string {
  return databaseUrl.startsWith('file:') ? databaseUrl : `at ${new URL(databaseUrl).host}`
}

function rootOf(problem: unknown): string {
  if (!(problem instanceof Error)) return String(problem)
  return problem.cause === undefined ? problem.message || problem.name : rootOf(problem.cause)
}
