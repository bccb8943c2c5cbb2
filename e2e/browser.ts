import { existsSync } from 'node:fs'

/** The browser: `CHROMIUM_PATH`, Debian's package, or Playwright's own. */
const system = [process.env.CHROMIUM_PATH, '/usr/bin/chromium'].find((path) => path && existsSync(path))

export const browser = {
  launchOptions: {
    ...(system && { executablePath: system }),
    args: process.getuid?.() === 0 ? ['--no-sandbox', '--disable-gpu'] : [],
  },
}
