import { globSync, readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'

/**
 * Keeps every "only" of the architecture true. Each rule names the files that may contain a text; a file that should
 * not fails the suite with the rule's reason. Comments do not count.
 */
const files = globSync(['*.{ts,mjs}', '{app,lib,db}/**/*.{ts,tsx,mjs,cjs}']).filter(
  (file) => !/\.test\.tsx?$|^(?:db\/testing)[/.]|\/model\/|^playwright|^next-env/.test(file),
)
const source = new Map(files.map((file) => [file, withoutComments(readFileSync(file, 'utf8'))]))

interface Rule {
  readonly because: string
  readonly text: RegExp
  /** Files that may contain it. */
  readonly only: RegExp
  /** Where the rule is looked for; everywhere if absent. */
  readonly within?: RegExp
}

const RULES: readonly Rule[] = [
  { because: 'the environment has one reader', text: /process\.env/, only: /^lib\/config\.ts$|^instrumentation\.ts$/ },
  {
    because: 'the clock has one source',
    text: /Date\.now\(|new Date\(\)/,
    only: /^lib\/time\.ts$/,
    within: /^(?:lib|db|app\/(?!_ui))|^proxy/,
  },
  {
    because: 'randomness has one source (v5.0.0-11.5.1)',
    text: /randomBytes|randomUUID|Math\.random|getRandomValues/,
    only: /^lib\/random\.ts$/,
  },
  {
    because: 'mail leaves by the sender alone: requests put it into the outbox',
    text: /from 'nodemailer'/,
    only: /^lib\/mail\/(?:transport|files)\.ts$/,
  },
  { because: 'sealing has one place', text: /from 'iron-session'/, only: /^lib\/session\/seal\.ts$/ },
  {
    because: 'proofs have one maker, and one more for administrators (v5.0.0-7.2.1, 8.3.1)',
    text: /as (?:unknown as )?(?:\w+ & )?(?:(?:Session|Recent|Full|Administrator)Proof\b|Proofs\[)/,
    only: /^lib\/session\/(?:current|administrator)\.ts$/,
  },
  {
    because: 'tokens have a proof of their own, with one maker, that stands for nobody’s presence (v5.0.0-10.3.2)',
    text: /as (?:unknown as )?TokenProof\b/,
    only: /^lib\/api-token\/current\.ts$/,
  },
  {
    because:
      'a session below its level makes a passkey and does nothing else (v5.0.0-6.3.3); it is compared like others',
    text: /\btoEnrol\b/,
    only: /^lib\/session\/(?:current|passage)\.ts$|^app\/\(enrolment\)\//,
  },
  { because: 'cookie names stand in one table (v5.0.0-3.3.1)', text: /['"`]__Host-/, only: /^lib\/http\/cookies\.ts$/ },
  {
    because: 'cookies are set where their table is known',
    text: /set-cookie|cookies\.set\(|jar\.set\(/i,
    only: /^lib\/http\/(?:cookies|began|form|leave-page)\.ts$|^proxy\.ts$|^app\/(?:api\/.*|sign-out)\/?.*route\.ts$|^lib\/openid-provider\/bridge\.ts$|^lib\/cli\/demo\//,
  },
  {
    because: 'Drizzle stays in db/',
    text: /from 'drizzle-orm|better-sqlite3|from 'pg'/,
    only: /^db\/|^next\.config\.ts$/,
  },
  {
    because: 'one table says what ends, and as what (v5.0.0-7.4.1)',
    text: /\breason: ['"]|\bending: \{|\bending = \{/,
    only: /^db\/what-ends\.ts$/,
    within: /^db\//,
  },
  { because: 'renewal has one caller', text: /\brenew\(/, only: /^proxy\.ts$|^lib\/session\/(?:renewal|passage)\.ts$/ },
  { because: 'server actions stand in actions.ts', text: /^'use server'/m, only: /\/actions\.ts$/ },
  {
    because: 'client code stands in app/_ui, but for what Next demands',
    text: /^'use client'/m,
    only: /^app\/_ui\/|^app\/(?:global-)?error\.tsx$/,
  },
  {
    because: 'nothing is kept in the browser’s storage (v5.0.0-14.3.3)',
    text: /localStorage|sessionStorage|indexedDB/,
    only: /^$/,
  },
  { because: 'HTML is never made from text', text: /dangerouslySetInnerHTML|\.innerHTML/, only: /^$/ },
  { because: 'plain links: the router keeps no private page', text: /next\/link/, only: /^$/ },
]

for (const { because, text, only, within = /./ } of RULES) {
  test(because, () => {
    const where = [...source].filter(([file, code]) => within.test(file) && text.test(code)).map(([file]) => file)
    expect(where.filter((file) => !only.test(file))).toEqual([])
  })
}

test('imports point one way: app, then lib, then db', () => {
  const upward = [...source].flatMap(([file, code]) =>
    [...code.matchAll(/from '(#lib|#ui|#db|next)\b[^']*'/g)]
      .filter(([, to]) => (file.startsWith('db/') && to !== '#db') || (file.startsWith('lib/') && to === '#ui'))
      .map(([line]) => `${file}: ${line}`),
  )
  expect(upward).toEqual([])
})

test('what touches a secret, a cookie or a row is kept out of the browser by its first line', () => {
  const secretive = /from '(?:node:crypto|iron-session|@node-rs\/argon2|#lib\/(?:store|keys\/\w+|random)\.ts)'/
  const open = [...source]
    .filter(([file, code]) => /^(?:lib|db)\//.test(file) && !file.startsWith('lib/cli/') && secretive.test(code))
    .filter(([, code]) => !code.trimStart().startsWith("import 'server-only'"))
  expect(open.map(([file]) => file)).toEqual([])
})

const EARNS = /await require(?:Session|Standing|Enrolment)\(\)|await earn\w*\(/

test('every page behind sign-in earns its proof first', () => {
  const pages = [...source].filter(([file]) => /^app\/\(account\)\/.*page\.tsx$/.test(file))
  expect(pages.length).toBeGreaterThan(3)
  for (const [file, code] of pages) {
    const body = code.slice(code.indexOf('export default async function'))
    expect(body.slice(body.indexOf('{\n')).trimStart().slice(1).trimStart(), file).toMatch(
      file.startsWith('app/(account)/admin/')
        ? /^const \w+ = await requireAdministrator\(\)/
        : /^const \w+ = await requireSession\(\)/,
    )
  }
})

test('every action earns a proof, or stands where none can be asked for', () => {
  const actions = [...source].filter(([file]) => file.endsWith('actions.ts'))
  expect(actions.length).toBeGreaterThan(3)
  for (const [file, code] of actions) {
    for (const [, name, body] of code.matchAll(/export async function (\w+)([\s\S]*?\n}\n)/g)) {
      const isPublic = file.startsWith('app/(public)/')
      expect(isPublic || EARNS.test(body ?? ''), `${file}: ${name}`).toBe(true)
      expect(isPublic || /isOwnForm|await earn\w*\(/.test(body ?? ''), `${file}: ${name} checks its form`).toBe(true)
    }
  }
})

test('every change of what opens an account takes a full proof (v5.0.0-7.5.1)', () => {
  const actions = source.get('app/(account)/account/security/actions.ts') ?? ''
  const bodies = [...actions.matchAll(/export async function (\w+)([\s\S]*?\n}\n)/g)]
  expect(bodies.length).toBeGreaterThan(5)
  for (const [, name, body = ''] of bodies) {
    expect(body, name).toMatch(/const proof = await (?:earn\('full', |earnByPassword\()/)
  }
})

test('every act that takes a proof stands in its form, for the passkey that confirms it (v5.0.0-7.5.2)', () => {
  const earned = [...source]
    .filter(([file]) => file.endsWith('actions.ts'))
    .flatMap(([, code]) => [...code.matchAll(/await earn\w*\([^;]*?\bact: '([\w-]+)'/g)].map(([, act]) => act))
  const drawn = [...source]
    .filter(([file]) => file.endsWith('.tsx'))
    .flatMap(([, code]) => [...code.matchAll(/\bact(?:="|: ')([\w-]+)/g)].map(([, act]) => act))
  expect(earned.length).toBeGreaterThan(10)
  expect(earned.filter((act) => act !== 'continued' && !drawn.includes(act))).toEqual([])
})

test('every API handler says who may call it', () => {
  const routes = [...source].filter(([file]) => /^app\/(?:api|sign-out)\/?.*route\.ts$/.test(file))
  expect(routes.length).toBeGreaterThan(8)
  for (const [file, code] of routes) {
    const handlers = [
      ...code.matchAll(/export (?:const|async function|function) (GET|POST|PUT|PATCH|DELETE)\b(?: = (\w+))?/g),
    ]
    for (const [, method, shell] of handlers) {
      expect(
        [
          'open',
          'visit',
          'withSession',
          'withSessionOnly',
          'withStanding',
          'withRecentProof',
          'withSessionOrToken',
          'withRouteOrToken',
          'withPersonOnly',
        ],
        `${file}: ${method}`,
      ).toContain(shell)
    }
  }
})

test('what a file exports, another one uses', () => {
  const all = globSync(['*.ts', '{app,bench,db,e2e,lib}/**/*.{ts,tsx,cjs}']).map((file) => {
    const code = withoutComments(readFileSync(file, 'utf8'))
    return { file, code, words: new Set(code.match(/\w+/g)) }
  })
  const unused = all
    .filter(({ file }) => /^(?:app\/_ui|db|e2e|lib)\/(?!.*\.compile\.ts)/.test(file))
    .flatMap(({ file, code }) =>
      [...code.matchAll(/^export (?:async )?(?:function|const|class) (\w+)/gm)]
        .filter(([, name = '']) => !all.some((other) => other.file !== file && other.words.has(name)))
        .map(([, name]) => `${file}: ${name}`),
    )
  expect(unused).toEqual([])
})

function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')
}
