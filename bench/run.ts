import 'server-only'
import { join, resolve } from 'node:path'
import { say } from '#lib/cli/terminal.ts'
import { measureAdministration } from './measure/administration.ts'
import { measureCheck } from './measure/check.ts'
import { measureHousekeeping } from './measure/housekeeping.ts'
import { measureHttp } from './measure/http.ts'
import { measureLighthouse } from './measure/lighthouse.ts'
import { measureLogout } from './measure/logout.ts'
import { measureSignIn } from './measure/sign-in.ts'
import { measureStreams } from './measure/streams.ts'
import { measureTokens } from './measure/tokens.ts'
import { measureWeight } from './measure/weight.ts'
import { type ChapterName, type Options, readOptions } from './options.ts'
import { type Chapter, isMet, keep, machine, print } from './report.ts'
import { buildApp } from './stage/app.ts'
import { cleanUp, temporary } from './stage/place.ts'

/**
 * `npm run bench`: what a session costs here, compared with the goals. It never fails because of a figure: what it
 * prints says whether a goal is met, and `docs/performance.md` says what that means.
 */
const options = readOptions(process.argv.slice(2))
process.on('exit', cleanUp)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))

const { processor, cores, memoryGiB, node } = machine()
say(
  `${cores} × ${processor}, ${memoryGiB} GiB, Node ${node}${options.quick ? ', a quick run: no figures to keep' : ''}`,
)
const chapters: Record<string, Chapter> = {}
const app = options.app === null ? join(temporary('app'), 'app') : resolve(options.app)
for (const name of options.chapters) {
  if (needsApp(name)) await buildApp(app)
  const chapter = await measure(name, options)
  chapters[name] = chapter
  print(chapter)
}
const goals = Object.values(chapters).flatMap((chapter) => chapter.goals)
say(`\n${goals.filter(isMet).length} of ${goals.length} goals met; figures in ${keep(chapters, options.quick)}`)
process.exit(0)

function needsApp(name: ChapterName): boolean {
  return name !== 'check' && name !== 'housekeeping' && name !== 'logout'
}

function measure(name: ChapterName, { quick, large }: Options): Promise<Chapter> {
  switch (name) {
    case 'check':
      return measureCheck({ sizes: sizes(quick, large), passes: quick ? 3 : 9 })
    case 'http':
      return measureHttp(app, {
        rows: 100_000,
        rounds: quick ? 2 : 7,
        slices: quick ? 3 : 6,
        sliceMs: quick ? 300 : 700,
      })
    case 'tokens':
      return measureTokens(app, {
        rows: 100_000,
        passes: quick ? 3 : 9,
        rounds: quick ? 2 : 7,
        slices: quick ? 3 : 4,
        sliceMs: quick ? 300 : 700,
      })
    case 'sign-in':
      return measureSignIn(app, { rounds: quick ? 2 : 5, sliceMs: quick ? 1000 : 3000, waves: quick ? 3 : 10 })
    case 'housekeeping':
      return measureHousekeeping({ rows: 100_000, due: quick ? 2000 : 10_000 })
    case 'administration':
      return measureAdministration(app, { rows: quick ? 100_000 : 1_000_000, perUser: 100, rounds: quick ? 20 : 100 })
    case 'logout':
      return measureLogout({ rounds: quick ? 5 : 20 })
    case 'streams':
      return measureStreams(app, { streams: quick ? 300 : 1000 })
    case 'weight':
      return measureWeight(app)
    case 'lighthouse':
      return measureLighthouse(app, { runs: quick ? 1 : 5 })
  }
}

function sizes(quick: boolean, large: boolean): number[] {
  if (quick) return [10_000, 100_000]
  return [10_000, 100_000, 1_000_000, ...(large ? [5_000_000] : [])]
}
