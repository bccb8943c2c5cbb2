import { expect, test } from '@playwright/test'
import { openLog } from './log.ts'

const SECRET = 'correct-horse-battery-staple'

/** What one call writes. */
function written(write: (log: ReturnType<typeof openLog>) => void): string {
  const lines: string[] = []
  write(openLog('info', { write: (line) => lines.push(line) }))
  return lines.join('')
}

test('secrets that come along are struck out, on top and one level down', () => {
  const line = written((log) =>
    log.info(
      { password: SECRET, request: { cookie: SECRET, headers: { cookie: SECRET } }, databaseUrl: SECRET },
      'hello',
    ),
  )
  expect(line).not.toContain(SECRET)
  expect(JSON.parse(line)).toMatchObject({ level: 'info', msg: 'hello', password: '[redacted]' })
})

test('an error is told with its causes, without what drivers hang on it', () => {
  const cause = Object.assign(new Error(`connect postgres://app:${SECRET}@db/app\nparams: ${SECRET}`), {
    code: 'ECONNREFUSED',
    parameters: [SECRET],
  })
  const line = written((log) => log.error({ err: new Error('unavailable', { cause }) }, 'failed'))
  expect(line).not.toContain(SECRET)
  expect(JSON.parse(line).err).toMatchObject({ message: 'unavailable', cause: { code: 'ECONNREFUSED' } })
})

test('the password of the mail server is struck out wherever it stands', () => {
  const smtpUrl = `smtp://me@example.org:${SECRET}@mail.example.org:587`
  const line = written((log) =>
    log.error(
      { err: new Error(`cannot reach ${smtpUrl}`), smtpUrl, mail: { smtpUrl, auth: { pass: SECRET } } },
      'failed',
    ),
  )
  expect(line).not.toContain(SECRET)
  expect(line).toContain('cannot reach smtp://…@mail.example.org:587')
})

test('what is below the level is not written', () => {
  expect(written((log) => log.debug('quiet'))).toBe('')
})
