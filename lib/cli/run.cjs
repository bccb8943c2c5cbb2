'use strict'
/**
 * The door to every command: `node --conditions=react-server lib/cli/run.cjs NAME ARGUMENTS`. Plain JavaScript, so that
 * a Node that is too old for the rest can still say so in one clear line.
 */
const { spawn } = require('node:child_process')
const { join } = require('node:path')

/** The database driver's binary needs Node-API 10: 22.13 and older would end without a word. */
const LEAST = [22, 14]
const [major, minor] = process.versions.node.split('.').map(Number)
const command = join(__dirname, `${process.argv[2]}.ts`)

if (major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1])) {
  console.error(
    `Signet needs a Node newer than 22.13 (${LEAST.join('.')} or later), and this is ${process.version}: see https://nodejs.org.`,
  )
  process.exit(1)
} else if (process.features.typescript) {
  process.argv.splice(1, 2, command)
  import(command)
} else {
  withTypes()
}

/** Before 22.18 Node reads TypeScript only when it is asked to, which must be done from outside. */
function withTypes() {
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning', ...process.execArgv]
  const child = spawn(process.execPath, [...flags, command, ...process.argv.slice(3)], { stdio: 'inherit' })
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal ? 1 : code))
}
