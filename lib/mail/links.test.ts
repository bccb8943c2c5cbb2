import { expect, test } from '@playwright/test'
import { isNoticeProof, noticeProof, openFromMail, sealForMail } from './links.ts'

const OLD = 'old:a-key-for-mails-only-0123456789-abcdefghijklmn'
const NEW = 'new:another-key-for-mails-zyxwvutsrq-9876543210'

/** The ring and the settings are read once a process: here they are read anew, and afterwards they are as before. */
function withKeys<T>(keys: string, act: () => T, origin = 'http://localhost:3000'): T {
  const shared = globalThis as { signetRing?: unknown; signetSettings?: unknown }
  const { signetRing, signetSettings } = shared
  const { SESSION_KEYS, APP_ORIGIN } = process.env
  Object.assign(process.env, { SESSION_KEYS: keys, APP_ORIGIN: origin })
  shared.signetRing = undefined
  shared.signetSettings = undefined
  try {
    return act()
  } finally {
    process.env.SESSION_KEYS = SESSION_KEYS ?? ''
    process.env.APP_ORIGIN = APP_ORIGIN ?? ''
    Object.assign(shared, { signetRing, signetSettings })
  }
}

const LINK = { seq: 7, purpose: 'not-me', to: 'alice@example.org' } as const

test('a proof is good for its event, its purpose and its address, and for nothing else', () => {
  withKeys(OLD, () => {
    const proof = noticeProof(LINK)
    expect(proof).toMatch(/^[\w-]{43}$/)
    expect(isNoticeProof(proof, LINK)).toBe(true)
    expect(isNoticeProof(proof, { ...LINK, seq: 8 })).toBe(false)
    expect(isNoticeProof(proof, { ...LINK, purpose: 'undo-email' })).toBe(false)
    expect(isNoticeProof(proof, { ...LINK, to: 'mallory@example.org' })).toBe(false)
  })
})

test('a proof made elsewhere with the same key is none', () => {
  const foreign = withKeys(OLD, () => noticeProof(LINK), 'https://other.example')
  expect(withKeys(OLD, () => isNoticeProof(foreign, LINK))).toBe(false)
})

test('each character of a proof matters, and there is one way to write it', () => {
  withKeys(OLD, () => {
    const proof = noticeProof(LINK)
    for (let place = 0; place < proof.length; place++) {
      for (const other of 'AQgw_-') {
        const forged = proof.slice(0, place) + other + proof.slice(place + 1)
        expect(isNoticeProof(forged, LINK)).toBe(forged === proof)
      }
    }
    for (const wrong of [`${proof}=`, `${proof}A`, proof.slice(1), '', undefined, null, [proof], {}, 7]) {
      expect(isNoticeProof(wrong, LINK)).toBe(false)
    }
    for (const seq of [Number.NaN, 7.5, Number.POSITIVE_INFINITY])
      expect(isNoticeProof(proof, { ...LINK, seq })).toBe(false)
  })
})

test('a rotation breaks no link; a key that is gone opens none', () => {
  const [proof, sealed] = withKeys(OLD, () => [noticeProof(LINK), sealForMail('token')])
  withKeys(`${NEW},${OLD}`, () => {
    expect(isNoticeProof(proof, LINK)).toBe(true)
    expect(openFromMail(sealed)).toBe('token')
    expect(noticeProof(LINK)).not.toBe(proof)
  })
  withKeys(NEW, () => {
    expect(isNoticeProof(proof, LINK)).toBe(false)
    expect(openFromMail(sealed)).toBeNull()
  })
})

test('what is sealed shows nothing, differs each time and opens only as it was', () => {
  withKeys(OLD, () => {
    const sealed = sealForMail('a token in a link')
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('token')
    expect(sealForMail('a token in a link')).not.toBe(sealed)
    expect(openFromMail(sealed)).toBe('a token in a link')
    const bytes = Buffer.from(sealed, 'base64url')
    for (let place = 0; place < bytes.length; place++) {
      const forged = Buffer.from(bytes)
      forged.writeUInt8(forged.readUInt8(place) ^ 1, place)
      expect(openFromMail(forged.toString('base64url')), `byte ${place}`).toBeNull()
    }
    for (const wrong of ['', 'x', sealed.slice(0, 30), sealed.slice(0, -4)]) expect(openFromMail(wrong)).toBeNull()
  })
})
