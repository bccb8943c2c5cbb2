/** What the commands say to the person at the terminal. */

export function say(text = ''): void {
  process.stdout.write(`${text}\n`)
}

/** Ends the command. 1: it could not be done; 2: it was asked for wrongly. */
export function fail(text: string, code: 1 | 2 = 1): never {
  process.stderr.write(`${text}\n`)
  process.exit(code)
}
