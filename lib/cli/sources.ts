/** What the app is built from, relative to its root. `node_modules` comes on top. */
export const SOURCE_FOLDERS = ['app', 'db', 'lib', 'public'] as const
export const SOURCE_FILES = [
  'instrumentation.ts',
  'next.config.ts',
  'package-lock.json',
  'package.json',
  'postcss.config.mjs',
  'proxy.ts',
  'tsconfig.json',
] as const
