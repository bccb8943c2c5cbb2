/** Next calls this once per server process. Compiled for Edge too, so it holds nothing but the way to `boot`. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { boot } = await import('#lib/boot.ts')
    await boot()
  }
}
