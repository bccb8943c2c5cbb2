import { boot } from '#lib/boot.ts'

/** A server process without its pages: it opens the store, sends what is in the outbox and ends on SIGTERM. */
await boot()
process.on('disconnect', () => process.exit(1))
process.send?.('booted')
