import { defineConfig } from 'drizzle-kit'

/** `npx drizzle-kit generate --config db/postgres/drizzle.config.ts` writes the next migration. */
export default defineConfig({
  dialect: 'postgresql',
  schema: './db/postgres/schema.ts',
  out: './db/postgres/migrations',
})
