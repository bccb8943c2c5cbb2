import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'

/** A new pair of keys: the private one goes into a file that its owner alone reads, the public one is printed. */
const [file = 'key.json'] = process.argv.slice(2)
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const names = { kid: randomUUID(), alg: 'ES256', use: 'sig' }
const jwk = (key: KeyObject) => `${JSON.stringify({ ...key.export({ format: 'jwk' }), ...names })}\n`

writeFileSync(file, jwk(privateKey), { mode: 0o600, flag: 'wx' })
process.stdout.write(jwk(publicKey))
