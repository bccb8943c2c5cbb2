import { expect, test } from '@playwright/test'
import { createRemoteJWKSet, customFetch, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { areKeysAway } from './keys-away.ts'

type Answer = () => Promise<Response>

const LATE = Object.assign(new Error('late'), { name: 'TimeoutError' })

/** What comes of a token of a provider whose keys are asked for like this. */
async function problemOf(answer: Answer, token: string): Promise<unknown> {
  const keys = createRemoteJWKSet(new URL('https://login.example.org/keys'), { [customFetch]: answer })
  return jwtVerify(token, keys, { algorithms: ['ES256'] }).catch((cause: unknown) => cause)
}

async function signed() {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const token = await new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(privateKey)
  return { token, key: { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' } }
}

const AWAY: Readonly<Record<string, Answer>> = {
  'nobody answers': () => fetch('http://127.0.0.1:1/keys'),
  'nobody answers in time': () => Promise.reject(LATE),
  'an error': async () => new Response('{"keys":[]}', { status: 503 }),
  'a redirect': async () => new Response(null, { status: 302, headers: { location: '/' } }),
  'no JSON': async () => new Response('<html></html>'),
  'no set of keys': async () => Response.json({ error: 'later' }),
}
for (const [what, answer] of Object.entries(AWAY)) {
  test(`keys: ${what}. The token may be sent again`, { tag: '@v5.0.0-16.5.3' }, async () => {
    expect(areKeysAway(await problemOf(answer, (await signed()).token))).toBe(true)
  })
}

test('what is wrong with a token itself is no matter of keys', { tag: '@v5.0.0-9.1.1' }, async () => {
  const [{ token, key }, other] = [await signed(), await signed()]
  const keys = async () => Response.json({ keys: [key] })
  for (const wrong of [other.token, token.slice(0, -8), 'no token', token.replace(/^[^.]+/, 'eyJhbGciOiJub25lIn0')]) {
    const problem = await problemOf(keys, wrong)
    expect(problem).toBeInstanceOf(Error)
    expect(areKeysAway(problem)).toBe(false)
  }
  expect(await problemOf(keys, token)).toMatchObject({ payload: {} })
})
