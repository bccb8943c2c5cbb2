/**
 * What this version promises, in our own words, by the ids of the standards that ask for it: OWASP ASVS 5.0 (bare
 * numbers), ASVS 4.0.3, the Web Security Testing Guide, the OWASP cheat sheets on sessions and request forgery,
 * NIST SP 800-63B-4, RFC 6265bis.
 *
 * Tests cite them, `asvs('7.4.1', 'WSTG-SESS-06')`, and are found by them: `--grep @v5.0.0-7.4`. `00-contents` holds
 * both lists against each other.
 */

export interface Section {
  readonly title: string
  readonly requirements: Readonly<Record<string, string>>
}

export const SECTIONS: readonly Section[] = [
  {
    title: 'ASVS 5.0, V7.1 Documented session policy',
    requirements: {
      '7.1.1': 'The limits of a session are written down with their reasons, and are those that the app keeps.',
      '7.1.2': 'How many sessions an account may have, and what happens at the limit, is written down and true.',
      '7.1.3': 'How sessions of federated systems are kept in step is written down.',
    },
  },
  {
    title: 'ASVS 5.0, V7.2 Fundamental session security',
    requirements: {
      '7.2.1': 'Only the server decides whether a token is good, at every request.',
      '7.2.2': 'A token is made for its session; no constant opens anything.',
      '7.2.3': 'Tokens are unique and come from the CSPRNG, with 256 bits.',
      '7.2.4': 'Every proof of identity makes a new token, and the old one is dead at once.',
    },
  },
  {
    title: 'ASVS 5.0, V7.3 Timeouts',
    requirements: {
      '7.3.1': 'A session that nobody uses ends.',
      '7.3.2': 'A session ends at its absolute limit however much it is used.',
    },
  },
  {
    title: 'ASVS 5.0, V7.4 Termination',
    requirements: {
      '7.4.1': 'What has ended cannot be used again, with any token it ever had.',
      '7.4.2': 'Disabling or deleting an account ends all its sessions.',
      '7.4.3': 'After a change of an authenticator the person may end all other sessions.',
      '7.4.4': 'Every page behind sign-in shows a way out.',
      '7.4.5': 'An administrator can end the sessions of one user or of all.',
    },
  },
  {
    title: 'ASVS 5.0, V7.5 Session abuse',
    requirements: {
      '7.5.1': 'What changes how an account is proven asks for the full proof again.',
      '7.5.2': 'People see their sessions and end any of them after one factor.',
      '7.5.3': 'Highly sensitive acts ask for a proof of their own.',
    },
  },
  {
    title: 'ASVS 5.0, V3.3 Cookies',
    requirements: {
      '3.3.1': 'Every cookie is Secure and has the __Host- prefix.',
      '3.3.2': 'SameSite is chosen by purpose and never absent.',
      '3.3.3': 'No cookie is shared between hosts.',
      '3.3.4': 'Scripts cannot read a cookie, and its value is nowhere but in Set-Cookie.',
      '3.3.5': 'No cookie grows beyond what browsers keep.',
    },
  },
  {
    title: 'ASVS 5.0, V3.4 and V3.5 What browsers are told',
    requirements: {
      '3.4.1': 'On https every answer pins https for a year.',
      '3.4.2': 'No other origin may read an answer.',
      '3.4.3': 'Only scripts with the nonce of this answer run.',
      '3.4.4': 'No answer may be taken for another type than it says.',
      '3.4.5': 'No other site learns which page somebody came from.',
      '3.4.6': 'No page can be framed.',
      '3.4.8': 'No other window holds a handle on a page.',
      '3.5.1': 'A request made by another site changes nothing.',
      '3.5.2': 'A request that browsers send without asking first changes nothing either.',
      '3.5.3': 'Reading changes nothing.',
      '3.5.4': 'The app has a host name of its own.',
      '3.5.5': 'Messages of other windows are not listened to.',
      '3.5.8': 'What is private cannot be embedded elsewhere.',
      '3.7.2': 'Redirects lead nowhere but to this origin.',
    },
  },
  {
    title: 'ASVS 5.0, V6 Passwords and sign-in',
    requirements: {
      '6.2.1': 'Passwords have at least 15 characters.',
      '6.2.3': 'A change of the password asks for the present one.',
      '6.2.4': 'Common passwords are refused.',
      '6.2.5': 'Any character counts; no kind of character is demanded.',
      '6.2.6': 'A password is hidden while it is typed, and can be shown.',
      '6.2.7': 'Passwords can be pasted, and managers recognise the fields.',
      '6.2.8': 'A password is compared as it was typed: nothing is cut off, no case is changed.',
      '6.2.9': 'Long passwords are accepted, up to 256 characters.',
      '6.2.11': 'The own name and address make no password.',
      '6.2.12': 'Passwords from known breaches are refused.',
      '6.3.1': 'Guessing is slowed down, by account and by network, as it is documented.',
      '6.3.3': 'More than one factor is used.',
      '6.3.4': 'Every way in is guarded alike.',
      '6.3.5': 'People are told of suspicious attempts.',
      '6.3.7': 'People are told when the proofs of their account change, at the former address too.',
      '6.3.8': 'Sign-in does not tell who has an account.',
      '6.4.3': 'A forgotten password is replaced without leaving out a second step.',
      '6.5.1': 'A code and a mailed link work once.',
      '6.5.5': 'A mailed link works for ten minutes.',
      '6.6.2': 'A mailed link is good for what it was asked for, and for no other request.',
    },
  },
  {
    title: 'ASVS 5.0, V9 Self-contained tokens',
    requirements: {
      '9.1.1': 'Nothing in a token is believed before its signature has been verified.',
      '9.1.2': 'Only algorithms of a list verify, and none at all is none of them.',
      '9.1.3': 'Only the app’s own keys verify, whatever a token says about keys.',
      '9.2.1': 'A token is good in its time.',
      '9.2.2': 'A token is good for what it was made for, and for nothing else.',
      '9.2.3': 'A token is good at the service that it was made for.',
      '9.2.4': 'Every token says for which service it was made.',
    },
  },
  {
    title: 'ASVS 5.0, V10.3 OAuth resource server',
    requirements: {
      '10.3.1': 'The API takes tokens that were made for it.',
      '10.3.2': 'What a token may do was granted by its person.',
      '10.3.3': 'A token names its person by what is never given to anybody else.',
      '10.3.4': 'Where the person must have shown lately who they are, a token does not stand in for that.',
      '10.3.5': 'A token that is bound to a key is worthless without it.',
    },
  },
  {
    title: 'ASVS 5.0, V7.6 Federated sessions',
    requirements: {
      '7.6.1': 'How long sessions at both ends live, and what ends them, is as documented.',
      '7.6.2': 'No application gets a session without an act of its person.',
    },
  },
  {
    title: 'ASVS 5.0, V10.4 OAuth authorization server',
    requirements: {
      '10.4.1': 'An answer goes to an address that the application has registered, to the letter.',
      '10.4.2': 'A code works once; when it comes again, what came of it dies.',
      '10.4.3': 'A code lives a minute.',
      '10.4.4': 'There are no grants and no kinds of answer but those that are needed.',
      '10.4.5': 'A refresh token that comes twice ends its family.',
      '10.4.6': 'PKCE with S256 is asked of everybody, and nothing less is taken.',
      '10.4.8': 'A refresh token has an end that no use moves.',
      '10.4.9': 'What was issued can be taken back.',
      '10.4.10': 'An application that has a secret shows it.',
      '10.4.11': 'An application gets no scope that it is not registered for.',
      '10.4.12': 'An answer comes in the one way that there is.',
      '10.4.13': 'At level 3 requests are pushed.',
      '10.4.14': 'At level 3 tokens are bound to a key.',
      '10.4.16': 'An application on a server may prove itself by a key of its own, and at level 3 by nothing else.',
    },
  },
  {
    title: 'ASVS 5.0, V10.6 and V10.7 OpenID Provider and consent',
    requirements: {
      '10.6.1': 'Only the code flow is answered.',
      '10.6.2': 'No application signs anybody out here without their consent.',
      '10.7.1': 'A person is asked, each time that it is not certain who asks.',
      '10.7.2': 'Consent says who asks, for what, in which account and for how long.',
      '10.7.3': 'People see what they have granted, and take it back.',
    },
  },
  {
    title: 'ASVS 4.0.3 V3.6, OAuth and OpenID Connect',
    requirements: {
      'ASVS4-3.6.1': 'An application can demand an age of the proof of identity, and gets no older one.',
      'ASVS4-3.6.2': 'An application learns when its person last showed who they are.',
      'OIDC-CORE-prompt-login': 'prompt=login asks, whatever was shown before.',
      'OIDC-CORE-prompt-none': 'prompt=none never shows anything.',
      'OIDC-CORE-authtime-refresh': 'No refresh moves the time at which the person was there.',
      'OIDC-RPI-ask': 'Whoever is to be signed out by an application is asked.',
      'OIDC-RPI-redirect': 'After that nobody is sent to an address that is not registered.',
      'RFC6749-6-client': 'A refresh token is good for its own application.',
      'RFC7009-2.1-cascade': 'A refresh token that is taken back takes its access tokens along.',
      'RFC7662-active': 'Whoever asks after what is not theirs, or not good, learns that it is not active.',
      'RFC8414-metadata': 'The metadata say what there is, and no more.',
      'RFC9207-iss': 'Every answer says whose it is.',
    },
  },
  {
    title: 'ASVS 5.0, neighbours: requests, access, data, errors',
    requirements: {
      '4.1.3': 'Headers that are for the app’s own use cannot be sent from outside.',
      '4.2.5': 'The app never makes a cookie header too long for itself.',
      '8.2.2': 'An id of something that belongs to somebody else opens nothing.',
      '8.3.1': 'Rules are enforced where nobody outside can reach them.',
      '11.5.1': 'What must not be guessed has 128 bits or more from the CSPRNG.',
      '13.3.4': 'Keys can be changed while people are signed in; a retired key opens nothing.',
      '13.4.2': 'Production shows no stack, no source and no test door.',
      '14.2.1': 'No secret stands in an address.',
      '14.2.3': 'Nothing goes to third parties.',
      '14.2.5': 'A private page cannot be made to look cacheable.',
      '14.3.1': 'What the browser keeps of the site goes when the session ends.',
      '14.3.2': 'No answer about a session or an account is kept by a cache.',
      '14.3.3': 'Nothing is kept in the browser’s storage.',
      '15.3.3': 'A request sets only what it may set.',
      '15.3.4': 'The client’s address cannot be forged.',
      '15.3.5': 'A value of the wrong type is refused, not converted.',
      '15.3.7': 'What stands twice in a request is not chosen from.',
      '15.4.2': 'Checks and the acts that depend on them are one step.',
      '16.2.5': 'No credential and no token reaches a log.',
      '16.3.1': 'Every sign-in and every failure leaves an event.',
      '16.3.3': 'Attempts to get around a control leave a trace.',
      '16.3.4': 'The log says why the app could not answer.',
      '16.5.1': 'An error tells a stranger nothing about the inside.',
      '16.5.2': 'The app is safe while what it depends on is away.',
      '16.5.3': 'When a check cannot be made, the answer is no.',
    },
  },
  {
    title: 'ASVS 5.0, V6.8 Identity providers',
    requirements: {
      '6.8.1': 'An account elsewhere is known by its provider and its name there, and opens what it was linked to.',
      '6.8.2': 'What a provider says is believed when its signature has been verified.',
      '6.8.4': 'How strongly and how lately somebody has shown who they are is checked, and never assumed.',
    },
  },
  {
    title: 'ASVS 5.0, V10.1, V10.2 and V10.5 Signing in through others',
    requirements: {
      '10.1.1': 'Tokens of a provider stay on the server: the browser gets none.',
      '10.1.2': 'An answer is taken that this very browser has asked for.',
      '10.2.1': 'Nobody can be made to end somebody else’s trip to a provider.',
      '10.2.2': 'The answer of one provider is not taken for another’s.',
      '10.2.3': 'No more is asked for than is written down.',
      '10.5.1': 'An ID token is good once.',
      '10.5.2': 'Who it is, is told by a name that the provider gives to nobody else.',
      '10.5.3': 'Metadata that speak for another provider are not used.',
      '10.5.4': 'An ID token for another application opens nothing.',
      '10.5.5': 'A token that signs people out is no other token, and comes once.',
    },
  },
  {
    title: 'ASVS 4.0.3, V3.1 and V3.2 Session management and binding',
    requirements: {
      'ASVS4-3.1.1': 'No token stands in an address.',
      'ASVS4-3.2.1': 'Signing in makes a new token.',
      'ASVS4-3.2.2': 'A token has 64 bits of entropy or more.',
      'ASVS4-3.2.3': 'The token is kept in an HttpOnly cookie and nowhere else.',
      'ASVS4-3.2.4': 'Tokens are made by approved algorithms.',
    },
  },
  {
    title: 'ASVS 4.0.3, V3.3 Termination',
    requirements: {
      'ASVS4-3.3.1': 'Signing out and running out make the token worthless; Back shows nothing.',
      'ASVS4-3.3.2': 'People prove who they are again, after idling and after hours of use.',
      'ASVS4-3.3.3': 'After a change of the password the other sessions can be ended.',
      'ASVS4-3.3.4': 'People see and end their sessions, having proven again who they are.',
    },
  },
  {
    title: 'ASVS 4.0.3, V3.4 Cookie-based sessions, and V3.7',
    requirements: {
      'ASVS4-3.4.1': 'The cookie is Secure.',
      'ASVS4-3.4.2': 'The cookie is HttpOnly.',
      'ASVS4-3.4.3': 'The cookie has SameSite.',
      'ASVS4-3.4.4': 'The cookie has the __Host- prefix.',
      'ASVS4-3.4.5': 'The cookie’s path is as narrow as its host allows.',
      'ASVS4-3.7.1': 'Sensitive acts need a full session or a fresh proof.',
    },
  },
  {
    title: 'ASVS 4.0.3, V3.5 Token-based sessions',
    requirements: {
      'ASVS4-3.5.1': 'People take back what they gave to applications, and it is worthless at once.',
      'ASVS4-3.5.2': 'The API is opened by tokens of a session; there are no constant keys.',
      'ASVS4-3.5.3': 'Tokens resist tampering, enveloping, replay, null ciphers and substituted keys.',
    },
  },
  {
    title: 'ASVS 4.0.3, neighbours',
    requirements: {
      'ASVS4-8.2.1': 'Browsers keep no private page.',
      'ASVS4-8.2.3': 'What the browser holds is cleared when the session ends.',
    },
  },
  {
    title: 'Web Security Testing Guide, session management',
    requirements: {
      'WSTG-SESS-01': 'The scheme resists collecting, analysing and forging.',
      'WSTG-SESS-02': 'Each cookie is in the inventory, with its attributes.',
      'WSTG-SESS-03': 'A planted session never becomes the victim’s.',
      'WSTG-SESS-04': 'Tokens travel in the cookie header alone.',
      'WSTG-SESS-05': 'Forged requests change nothing, also with the cookie attached.',
      'WSTG-SESS-06': 'Signing out is in sight, and it works.',
      'WSTG-SESS-06.artifact': 'A cookie copied to another device dies with the original.',
      'WSTG-SESS-07': 'The server alone decides about timeouts.',
      'WSTG-SESS-08': 'A value of one purpose is worth nothing for another.',
      'WSTG-SESS-09': 'Without Secure cookies nothing works.',
      'WSTG-SESS-11': 'The limit on sessions holds.',
    },
  },
  {
    title: 'Web Security Testing Guide, neighbours',
    requirements: {
      'WSTG-ATHN-03': 'Guessing is throttled, and nobody is locked out for good.',
      'WSTG-ATHN-05': 'Staying signed in is a choice, where the level allows it.',
      'WSTG-ATHN-06': 'Back and Forward show nothing after signing out.',
      'WSTG-ATHZ-02': 'Nothing behind sign-in opens without a session.',
      'WSTG-ATHZ-04': 'Foreign ids answer as unknown ones do.',
      'WSTG-IDNT-04': 'Answers do not tell who has an account.',
      'WSTG-CLNT-04': 'A link cannot send people elsewhere after they sign in.',
      'WSTG-CLNT-07': 'No other origin is let in by CORS.',
      'WSTG-CLNT-09': 'A frame around the app stays empty.',
      'WSTG-CLNT-12': 'The browser’s storage holds nothing.',
      'WSTG-CONF-13': 'A path that is spelled oddly opens nothing more.',
      'WSTG-INPV-17': 'A forged Host moves nothing.',
    },
  },
  {
    title: 'OWASP cheat sheets: sessions, cookie theft, request forgery',
    requirements: {
      'CS-SESS-strict': 'Only a token that the app has made is accepted.',
      'CS-SESS-input': 'A token is treated as hostile input.',
      'CS-SESS-prepost': 'The cookie after signing in is another one than before.',
      'CS-SESS-renewal': 'Tokens are renewed in time, without losing a request.',
      'CS-SESS-anomaly': 'A token used after its time is noticed.',
      'CS-SESS-history': 'People see their sessions and what became of them.',
      'CS-SESS-csd': 'Signing out tells the browser to clear the site.',
      'CS-SESS-clientlogout': 'A page that idles warns, counts down, and locks.',
      'CS-CSRF-token': 'A form’s value is good for its own session only.',
      'CS-CSRF-hmac': 'That value is made with a secret and the session’s id.',
      'CS-CSRF-fetchmeta': 'Fetch Metadata of another site is refused.',
      'CS-CSRF-origin': 'Origin is held against the configured origin.',
      'CS-CSRF-simple': 'The API takes JSON and no form.',
      'CS-CSRF-login': 'Nobody can be signed in by another site.',
    },
  },
  {
    title: 'NIST SP 800-63B-4, sessions',
    requirements: {
      'NIST63B4-3.2.2-100': 'Guesses at one password are limited.',
      'NIST63B4-5.1-nonpersist': 'The cookie does not outlive the browser, unless that was asked for.',
      'NIST63B4-5.1-csrf': 'What is posted carries a value that is bound to the session.',
      'NIST63B4-5.1-logoff': 'A way out is within reach.',
      'NIST63B4-5.1.2': 'An access token is no sign that the person is there.',
      'NIST63B4-5.2-both': 'Both limits end the session.',
      'NIST63B4-5.2-warn': 'People are warned before they are signed out for idling.',
      'NIST63B4-5.2-reset': 'Activity resets the one limit, a full proof of identity both.',
    },
  },
  {
    title: 'Fluid Attacks R357, stateless tokens',
    requirements: {
      'FLUID-R357': 'The API is opened by signed tokens instead of constant keys.',
      'FLUID-R357.3.5.3-tamper': 'No part of a token can be changed.',
      'FLUID-R357.3.5.3-envelop': 'A token in another token, or in place of another, is none.',
      'FLUID-R357.3.5.3-replay': 'What has ended, or was good once, is not good again.',
      'FLUID-R357.3.5.3-null': 'A token without a signature is none.',
      'FLUID-R357.3.5.3-keysub': 'A token under any other key is none.',
    },
  },
  {
    title: 'RFC 6265bis, cookies',
    requirements: {
      'RFC6265BIS-host': '__Host- cookies are host-only, Secure, and for the whole path.',
      'RFC6265BIS-case': 'Only the exact name is the session cookie.',
      'RFC6265BIS-integrity': 'What others may plant is not believed.',
    },
  },
]

export const REQUIREMENTS: ReadonlyMap<string, string> = new Map(
  SECTIONS.flatMap(({ requirements }) => Object.entries(requirements)),
)

/** The tag of a requirement: ASVS 5 asks to be cited with its version. */
function tagOf(id: string): string {
  return /^\d/.test(id) ? `@v5.0.0-${id}` : `@${id}`
}

/** Tags for a test: the requirements that it shows. An id that is not in scope is a mistake. */
export function asvs(...ids: readonly string[]): { tag: string[] } {
  const unknown = ids.filter((id) => !REQUIREMENTS.has(id))
  if (ids.length === 0 || unknown.length > 0) throw new Error(`not in e2e/requirements.ts: ${unknown.join(', ')}`)
  return { tag: ids.map(tagOf) }
}
