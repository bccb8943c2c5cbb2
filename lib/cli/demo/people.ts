/** Who is in the demo, and what has happened to them. Invented people at addresses that are reserved for examples. */
import { DAY, HOUR, MINUTE } from '#lib/time.ts'

export interface Appliance {
  readonly userAgent: string
  readonly ip: string
  readonly place: string | null
}

const LINUX = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'
const MAC =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15'
const WINDOWS =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0'
const ANDROID =
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36'
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1'
const IPAD =
  'Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1'

export const APPLIANCES = {
  workstation: { userAgent: LINUX, ip: '203.0.113.24', place: 'France' },
  laptop: { userAgent: MAC, ip: '198.51.100.77', place: 'Portugal' },
  office: { userAgent: WINDOWS, ip: '192.0.2.140', place: 'Germany' },
  phone: { userAgent: ANDROID, ip: '203.0.113.201', place: 'France' },
  travelPhone: { userAgent: IPHONE, ip: '2001:db8:42::17', place: 'Japan' },
  tablet: { userAgent: IPAD, ip: '198.51.100.9', place: null },
} as const satisfies Record<string, Appliance>

export type ApplianceName = keyof typeof APPLIANCES

/** Something that has happened, so many seconds ago. */
export interface Happening {
  readonly ago: number
  readonly does:
    | 'sign-in'
    | 'mistype'
    | 'sign-out'
    | 'leave'
    | 'sign-out-others'
    | 'lose-a-copy'
    | 'be-ended-by-an-administrator'
  readonly on: ApplianceName
}

export interface Person {
  readonly name: string
  readonly email: string
  /** Oldest first. */
  readonly past: readonly Happening[]
  /** Sessions that are still there, oldest first: since when, and how much of the inactivity timeout has gone by. */
  readonly present: readonly { readonly on: ApplianceName; readonly since: number; readonly idleFor: number }[]
}

export const PEOPLE: readonly Person[] = [
  {
    name: 'Alma Okafor',
    email: 'alma@example.com',
    past: [
      { ago: 9 * DAY, does: 'sign-in', on: 'tablet' },
      { ago: 9 * DAY - 20 * MINUTE, does: 'leave', on: 'tablet' },
      { ago: 4 * DAY, does: 'mistype', on: 'workstation' },
      { ago: 4 * DAY - MINUTE, does: 'sign-in', on: 'workstation' },
      { ago: 4 * DAY - 8 * MINUTE, does: 'sign-out', on: 'workstation' },
      { ago: 2 * DAY, does: 'sign-in', on: 'travelPhone' },
      { ago: 2 * DAY - 3 * MINUTE, does: 'sign-in', on: 'laptop' },
      { ago: 2 * DAY - 4 * MINUTE, does: 'sign-out-others', on: 'laptop' },
      { ago: 2 * DAY - 9 * MINUTE, does: 'sign-out', on: 'laptop' },
    ],
    present: [
      { on: 'laptop', since: 3 * HOUR, idleFor: 0.6 },
      { on: 'workstation', since: 2 * HOUR, idleFor: 0.05 },
      { on: 'phone', since: 40 * MINUTE, idleFor: 0.3 },
    ],
  },
  {
    name: 'Bruno Lindqvist',
    email: 'bruno@example.com',
    past: [
      { ago: 6 * DAY, does: 'sign-in', on: 'office' },
      { ago: 6 * DAY - 5 * MINUTE, does: 'lose-a-copy', on: 'office' },
      { ago: 6 * DAY - 9 * MINUTE, does: 'sign-in', on: 'office' },
      { ago: 6 * DAY - 30 * MINUTE, does: 'leave', on: 'office' },
      { ago: DAY, does: 'sign-in', on: 'phone' },
      { ago: DAY - 6 * MINUTE, does: 'be-ended-by-an-administrator', on: 'phone' },
    ],
    present: [
      { on: 'office', since: 90 * MINUTE, idleFor: 0.1 },
      { on: 'tablet', since: 25 * MINUTE, idleFor: 0.5 },
    ],
  },
  {
    name: '田中 千代',
    email: 'chiyo@example.com',
    past: [
      { ago: 3 * DAY, does: 'mistype', on: 'travelPhone' },
      { ago: 3 * DAY - MINUTE, does: 'mistype', on: 'travelPhone' },
      { ago: 3 * DAY - 2 * MINUTE, does: 'sign-in', on: 'travelPhone' },
      { ago: 3 * DAY - 9 * MINUTE, does: 'sign-out', on: 'travelPhone' },
    ],
    present: [{ on: 'travelPhone', since: 10 * MINUTE, idleFor: 0.2 }],
  },
]
