import { defineConfig } from 'drizzle-kit'

/** `npx drizzle-kit generate --config db/sqlite/drizzle.config.ts` writes the next migration. */
export default defineConfig({ dialect: 'sqlite', schema: './db/sqlite/schema.ts', out: './db/sqlite/migrations' })
