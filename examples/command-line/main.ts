import { createInterface } from 'node:readline'
import { type Session, Signet } from './signet.ts'

const { ISSUER = 'http://localhost:3000', CLIENT_ID = '' } = process.env

const say = (text: string) => process.stdout.write(`${text}\n`)
/** What is typed, line by line. */
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()

try {
  await converse()
} catch (cause) {
  // What the server said is a code, and tells nobody a secret.
  const { error, code, message } = cause as { error?: string; code?: string; message?: string }
  console.error(`That did not work: ${error ?? code ?? message ?? 'unknown'}`)
  process.exitCode = 1
}
process.stdin.destroy()

async function converse(): Promise<void> {
  const signet = await Signet.discover(ISSUER, CLIENT_ID)
  const asked = await signet.ask()
  say(`On a device with a browser, open ${asked.verification_uri}\nand type this code: ${asked.user_code}`)
  await signet.answer(asked)
  const sessions = await signet.sessions()
  say('\nYou are signed in here:')
  for (const [i, session] of sessions.entries()) say(`  ${i + 1}. ${inWords(session)}`)
  say('\nWhich one shall end? Its number, or nothing for none:')
  const chosen = sessions[Number((await lines.next()).value) - 1]
  if (chosen && (await end(signet, chosen))) return
  await signet.leave()
  say('Bye. This program has given its access back.')
}

/** Whether that was the end of this program's own access, too. */
async function end(signet: Signet, session: Session): Promise<boolean> {
  const ended = (await signet.end(session.id)) === 'ended'
  if (ended) say(`Ended: ${inWords(session)}. That was this program’s way in, too.`)
  else say(`Only you can end that one, in your browser: ${ISSUER}/account/sessions`)
  return ended
}

function inWords({ device, place, current, lastActiveAt }: Session): string {
  const what = `${device.browser ?? 'Unknown browser'} on ${device.os ?? 'unknown system'}`
  const where = place === null ? 'place unknown' : `approximately ${place}`
  return `${what}, ${where}, last active ${lastActiveAt}${current ? ' (where you let this program in)' : ''}`
}
