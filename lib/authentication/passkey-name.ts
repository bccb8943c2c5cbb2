import type { Device, Passkey } from '#db/contract.ts'
import { deviceLabel } from '#lib/device/label.ts'
import { displayText } from '#lib/display-text.ts'

/** Names of passkeys. Pure. */

/**
 * Who keeps the passkey, by what its maker says of itself. Nothing proves it, so it is good for a name and nothing else.
 * @see https://github.com/passkeydeveloper/passkey-authenticator-aaguids
 */
const KEEPERS: Readonly<Record<string, string>> = {
  'fbfc3007-154e-4ecc-8c0b-6e020557d7bd': 'iCloud Keychain',
  'dd4ec289-e01d-41c9-bb89-70fa845d4bf2': 'iCloud Keychain',
  'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4': 'Google Password Manager',
  '08987058-cadc-4b81-b6e1-30de50dcbe96': 'Windows Hello',
  '9ddd1817-af5a-4672-a2b9-3e3dd95000a9': 'Windows Hello',
  '6028b017-b1d4-4c02-b4b3-afcdafc96bb2': 'Windows Hello',
  'adce0002-35bc-c60a-648b-0b25f1f05503': 'Chrome on Mac',
  '53414d53-554e-4700-0000-000000000000': 'Samsung Pass',
  'bada5566-a7aa-401f-bd96-45619a55120d': '1Password',
  'd548826e-79b4-db40-a3d8-11116f7e8349': 'Bitwarden',
  '531126d6-e717-415c-9320-3d9aa6981239': 'Dashlane',
  'b84e4048-15dc-4dd0-8640-f4f60813c8af': 'NordPass',
  '0ea242b4-43c4-4a1b-8b17-dd6d0b6baec6': 'Keeper',
  'f3809540-7f14-49c1-a8b3-8f813b225541': 'Enpass',
  'fdb141b2-5d84-443e-8a35-4698c205a502': 'KeePassXC',
  '50726f74-6f6e-5061-7373-50726f746f6e': 'Proton Pass',
}

/** A name to begin with, unlike those that the account's passkeys have: "iCloud Keychain", "Security key 2". */
export function passkeyName(
  passkey: Pick<Passkey, 'aaguid' | 'transports'>,
  device: Pick<Device, 'browser' | 'os'>,
  taken: readonly string[],
): string {
  const name = keeperOf(passkey) ?? `Passkey on ${deviceLabel(device)}`
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name} ${number}`
    if (!taken.includes(candidate)) return candidate
  }
}

function keeperOf({ aaguid, transports }: Pick<Passkey, 'aaguid' | 'transports'>): string | undefined {
  if (Object.hasOwn(KEEPERS, aaguid)) return KEEPERS[aaguid]
  const ways = transports.split(' ').filter(Boolean)
  if (ways.includes('internal')) return undefined
  if (ways.includes('hybrid')) return 'Phone or tablet'
  return ways.length > 0 ? 'Security key' : undefined
}

/** Code points. */
const LONGEST = 60

/** A name that a person gives, in its stored form, or a sentence that says what to do. */
export function parsePasskeyName(text: string): { readonly name: string } | { readonly problem: string } {
  const parsed = displayText(text, LONGEST)
  if ('text' in parsed) return { name: parsed.text }
  if (parsed.problem === 'empty') return { problem: 'Give the passkey a name.' }
  if (parsed.problem === 'too-long') return { problem: `Use a name of at most ${LONGEST} characters.` }
  return { problem: 'Remove invisible characters from the name, such as line breaks.' }
}
