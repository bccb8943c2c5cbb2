import 'server-only'
import { prepare, prepareKeys } from './prepare.ts'
import { become, nextCommand, nextEnvironment } from './process.ts'
import { say } from './terminal.ts'

/** `npm run dev`: the development server, with keys and database made as `npm start` makes them. */
const { host, port, origin } = prepare({ development: true })
prepareKeys()
say(`  Signet in development: ${origin}`)
const { NEXT_MANUAL_SIG_HANDLE: _, ...env } = nextEnvironment()
await become(nextCommand('dev', '-H', host, '-p', String(port)), env)
