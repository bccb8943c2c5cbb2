import { defineConfig } from '@playwright/test'
import { browser } from './e2e/browser.ts'

/** One runner for all: pure tests beside the code, the store contract, and the book in `e2e/`. */
export default defineConfig({
  forbidOnly: Boolean(process.env.CI),
  fullyParallel: true,
  retries: 0,
  workers: 2,
  // For busy machines, which may stand still for a while; nothing waits this long on purpose.
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [['list', { printSteps: false }]],
  projects: [
    { name: 'unit', testDir: '.', testMatch: ['app/**/*.test.ts', 'lib/**/*.test.ts', 'db/**/*.test.ts'] },
    { name: 'book', testDir: 'e2e', testMatch: '**/*.spec.ts', use: browser },
  ],
})
