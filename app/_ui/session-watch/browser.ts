/** Ties a watch to the tab that it runs in: its clock, its network, its other tabs, what its person does. */

import type { Timeouts } from '#lib/session/timeouts.ts'
import { now } from '#lib/time.ts'
import { type Channel, openChannel } from './channel.ts'
import { keepDrafts, watchFields } from './drafts.ts'
import { type Candidacy, standFor } from './leader.ts'
import { noteReach } from './reach.ts'
import { askSession, reportInput } from './requests.ts'
import { openStream, type Stream } from './stream.ts'
import type { Identity, Surroundings } from './view.ts'
import { Watch } from './watch.ts'

export interface Tab {
  readonly watch: Watch
  /** Begins to listen. @returns ends it */
  readonly start: () => () => void
}

interface Page {
  /** Where the private content stands, while it does. */
  content(): ParentNode | null
  comeBack(sameAccount: boolean, sameSession: boolean): void
}

interface Links {
  channel?: Channel | undefined
  candidacy?: Candidacy | undefined
  stream?: Stream | undefined
}

/** Touches nothing of the browser before `start`: it is also called where a page is drawn on the server. */
export function openTab(who: Identity, told: Timeouts, page: Page): Tab {
  const links: Links = {}
  const watch = new Watch(who, told, surroundings(who, page, links))
  const start = () => {
    const over = new AbortController()
    const { signal } = over
    listenToPerson(watch, signal)
    listenToBrowser(watch, who, links, signal)
    const unwatch = watchFields(document)
    connect(watch, who, links)
    return () => {
      over.abort()
      unwatch()
      disconnect(watch, links)
    }
  }
  return { watch, start }
}

function surroundings(who: Identity, page: Page, links: Links): Surroundings {
  return {
    now,
    after(seconds, call) {
      const timer = setTimeout(call, seconds * 1000)
      return () => clearTimeout(timer)
    },
    ask: askSession,
    report: reportInput,
    post: (message) => links.channel?.post(message),
    noteReach: (reach) => noteReach(reach === 'unreachable' && !navigator.onLine ? 'offline' : reach),
    keepDrafts() {
      const content = page.content()
      if (content) keepDrafts({ ...who, path: here() }, content)
    },
    comeBack: page.comeBack,
    rest: () => links.candidacy?.resign(),
  }
}

/** The page's own address, to come back to. */
export function here(): string {
  return location.pathname + location.search
}

function connect(watch: Watch, { sessionId }: Identity, links: Links): void {
  links.channel = openChannel((message) => watch.hear(message))
  if (watch.over) return
  links.channel.post({ type: 'began', sessionId })
  links.candidacy = standFor(`signet-session ${sessionId}`, navigator.locks, () => {
    const stream = openStream(sessionId, {
      timeouts(timeouts) {
        links.channel?.post({ type: 'timeouts', sessionId, timeouts })
        watch.tell(timeouts)
      },
      ended(told) {
        links.channel?.post({ type: 'ended', sessionId, ...told })
        watch.ended(told.reason, told.at)
      },
      broke: () => watch.broke(),
    })
    links.stream = stream
    return stream.close
  })
  watch.tick()
}

function disconnect(watch: Watch, links: Links): void {
  watch.stop()
  links.candidacy?.resign()
  links.channel?.close()
}

/** Deliberate use only: not a moving mouse, and nothing that a script makes. */
function listenToPerson(watch: Watch, signal: AbortSignal): void {
  const use = ({ isTrusted }: Event) => isTrusted && void watch.input()
  for (const type of ['pointerdown', 'keydown', 'touchstart']) {
    addEventListener(type, use, { signal, capture: true, passive: true })
  }
}

function listenToBrowser(watch: Watch, who: Identity, links: Links, signal: AbortSignal): void {
  const look = () => {
    watch.tick()
    void watch.verify()
  }
  const on = <T extends keyof WindowEventMap>(type: T, listener: (event: WindowEventMap[T]) => void) =>
    addEventListener(type, listener, { signal })
  on('focus', () => watch.tick())
  on('online', () => {
    links.stream?.hurry()
    void watch.verify()
  })
  on('offline', () => watch.reached('offline'))
  // What a browser keeps in memory for Back is kept hidden, and shown only once the server has been asked.
  on('pagehide', () => {
    watch.hide()
    disconnect(watch, links)
  })
  on('pageshow', ({ persisted }) => {
    if (!persisted) return
    connect(watch, who, links)
    look()
  })
  const seen = () => {
    if (document.visibilityState === 'hidden') return
    links.candidacy?.claim()
    look()
  }
  document.addEventListener('visibilitychange', seen, { signal })
}
