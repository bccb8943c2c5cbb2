import 'server-only'
import { createServer } from 'node:net'
import type { Settings } from '#lib/config.ts'
import { ensureBuild } from './build.ts'
import { prepare, prepareKeys } from './prepare.ts'
import { become, nextEnvironment, nextStart } from './process.ts'
import { fail, say } from './terminal.ts'

/** `npm start`: everything that the app needs, then the app. Database and migrations follow when the server starts. */
const settings = prepare()
await checkPort(settings)
if (!(await ensureBuild())) fail('The build has failed; what went wrong stands above.')
prepareKeys()
greet(settings)
await become(nextStart(settings.host, settings.port), nextEnvironment())

/** Next would print a stack trace. */
async function checkPort({ host, port }: Settings): Promise<void> {
  const code = await new Promise<string | undefined>((resolve) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code))
    probe.listen(port, host, () => probe.close(() => resolve(undefined)))
  })
  if (code === 'EADDRINUSE') fail(`PORT=${port} is taken on ${host}. Set another PORT, or end what listens there.`)
  if (code) fail(`HOST=${host} with PORT=${port} cannot be listened on (${code}). Set others.`)
}

function greet({ origin, localOrigin, level }: Settings): void {
  say()
  say(`  Signet   ${origin}`)
  say(`  First    create an account at ${origin}/sign-up, then open ${origin}/account/sessions`)
  say(`  Level    ${level} (ASSURANCE_LEVEL)`)
  if (localOrigin) say('  Stop     Ctrl+C')
  say()
}
