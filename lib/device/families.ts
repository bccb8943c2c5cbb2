/**
 * The families of browsers and systems that are shown. Pure. Only these names reach a page: what a client calls
 * itself beyond them is unknown, whatever it writes.
 */

/** Brands of client hints, most telling first: every Chromium browser also claims to be Chromium. */
const BRANDS: readonly (readonly [string, string])[] = [
  ['Brave', 'Brave'],
  ['Microsoft Edge', 'Edge'],
  ['Opera', 'Opera'],
  ['Opera GX', 'Opera'],
  ['Samsung Internet', 'Samsung Internet'],
  ['Vivaldi', 'Vivaldi'],
  ['YaBrowser', 'Yandex Browser'],
  ['DuckDuckGo', 'DuckDuckGo'],
  ['Google Chrome', 'Chrome'],
  ['HeadlessChrome', 'Chrome'],
  ['Chromium', 'Chromium'],
]

/** Names in `bowser`, where they differ from ours or are ours to show. */
const BROWSERS = new Map<string, string>([
  ...['Amazon Silk', 'Android Browser', 'Brave', 'Chrome', 'Chromium', 'DuckDuckGo', 'Electron', 'Epiphany'].map(same),
  ...['Firefox', 'Internet Explorer', 'Ladybird', 'LibreWolf', 'Opera', 'Pale Moon', 'QQ Browser', 'Safari'].map(same),
  ...['SeaMonkey', 'UC Browser', 'Vivaldi', 'WeChat', 'Yandex Browser', 'Googlebot'].map(same),
  ['Microsoft Edge', 'Edge'],
  ['Focus', 'Firefox Focus'],
  ['Samsung Internet for Android', 'Samsung Internet'],
  ['Google Search', 'Google app'],
  ['NAVER Whale Browser', 'Whale'],
])

const SYSTEMS = new Map<string, string>([
  ...['Android', 'HarmonyOS', 'iOS', 'Linux', 'macOS', 'Windows', 'Windows Phone', 'Tizen', 'BlackBerry'].map(same),
  ['Chrome OS', 'ChromeOS'],
  ['Chromium OS', 'ChromeOS'],
  ['PlayStation 4', 'PlayStation'],
  ['WebOS', 'webOS'],
])

function same(name: string): [string, string] {
  return [name, name]
}

export function browserOfBrands(claimed: readonly string[]): string | null {
  return BRANDS.find(([brand]) => claimed.includes(brand))?.[1] ?? null
}

export function browserFamily(name: string | undefined): string | null {
  return BROWSERS.get(name ?? '') ?? null
}

export function systemFamily(name: string | null | undefined): string | null {
  return SYSTEMS.get(name ?? '') ?? null
}
