import 'server-only'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type CityResponse, Reader } from 'maxmind'
import { settings } from '#lib/config.ts'
import { log } from '#lib/log.ts'
import { isPublicAddress } from './address.ts'

/**
 * The approximate place of an address, from a file on this machine: nobody is asked. It is shown with the word
 * "approximately" and decides nothing.
 */
export type Places = (ip: string | null) => string | null

/** Countries of the world by address, CC0, brought along as a package. */
const PACKAGED = 'node_modules/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb'

const shared = globalThis as typeof globalThis & { signetPlaces?: Places }

/** "France", with a database of cities "Lyon, France"; null when the address tells nothing. Never throws. */
export function placeOf(ip: string | null): string | null {
  shared.signetPlaces ??= openPlaces(settings().geoDatabase, (message, details) => log().warn(details, message))
  return shared.signetPlaces(ip)
}

/**
 * @param file a MaxMind database (.mmdb) of countries or cities; null takes the packaged one
 * @param warn told once when the file cannot be used; every place is unknown from then on
 */
export function openPlaces(file: string | null, warn: (message: string, details: object) => void): Places {
  const path = file === null ? join(/* turbopackIgnore: true */ process.cwd(), PACKAGED) : resolve(file)
  let reader: Reader<Located> | null = null

  function attempt<T>(read: () => T): T | null {
    try {
      return read()
    } catch (error) {
      reader = null
      warn('the database of places cannot be used: places are unknown', { path, err: error })
      return null
    }
  }

  reader = attempt(() => new Reader<Located>(readFileSync(path)))
  return (ip) => {
    if (ip === null || !isPublicAddress(ip)) return null
    const found = attempt(() => reader?.get(ip) ?? null)
    return found && placeName(found)
  }
}

/** What the two common layouts say: MaxMind's nested one, and the flat one of the packaged file. */
export interface Located extends Pick<CityResponse, 'country' | 'city'> {
  readonly country_code?: string
}

const countries = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })

export function placeName(found: Located): string | null {
  const country = countryName(found.country?.iso_code ?? found.country_code)
  const city = found.city?.names?.en
  return city && country ? `${city}, ${country}` : country
}

function countryName(code: string | undefined): string | null {
  // ZZ has a name in the tables, and it is "Unknown Region".
  if (!code || !/^[A-Z]{2}$/.test(code) || code === 'ZZ') return null
  return countries.of(code) ?? null
}
