import 'server-only'
import { accessSync, constants } from 'node:fs'
import { formatDuration } from '#lib/config/duration.ts'
import type { Settings } from '#lib/config.ts'
import { PRESETS } from '#lib/session/policy.ts'
import { error, type Finding, ok, warning } from './finding.ts'

export function aboutSettings(settings: Settings): Finding[] {
  const { origin, localOrigin, secureOrigin, host, trustedProxies, policy, level } = settings
  const findings = [ok(`level ${level} at ${origin}`)]
  if (!localOrigin && !secureOrigin) {
    findings.push(
      warning(
        `APP_ORIGIN=${origin} is plain http: browsers refuse Secure cookies there, and nobody can sign in. Serve it by https.`,
      ),
    )
  }
  if (secureOrigin && trustedProxies === null) {
    findings.push(
      warning(
        'APP_ORIGIN is https, so a proxy stands in front, and TRUSTED_PROXIES is not set: everybody seems to come from the proxy.',
      ),
    )
  }
  if (localOrigin && !/^(localhost|127\.|::1$)/.test(host)) {
    findings.push(
      warning(`HOST=${host} listens to others, but APP_ORIGIN=${origin} is for this machine only. Set APP_ORIGIN.`),
    )
  }
  const { reauthenticationWindow } = PRESETS[level]
  if (policy.reauthenticationWindow > reauthenticationWindow) {
    findings.push(
      warning(
        `REAUTHENTICATION_WINDOW is longer than level ${level} has it (${formatDuration(reauthenticationWindow)}).`,
      ),
    )
  }
  return [...findings, ...aboutMail(settings), ...aboutGeoDatabase(settings)]
}

/** Without mail nobody gets a link for a new password, nor learns of a change of the account. */
function aboutMail({ mail, localOrigin, dataDir }: Settings): Finding[] {
  if (mail.smtpUrl !== null || localOrigin) return []
  return [
    warning(
      `SMTP_URL is not set: mail is written to ${dataDir}/outbox and reaches nobody. Links for new passwords neither.`,
    ),
  ]
}

function aboutGeoDatabase({ geoDatabase }: Settings): Finding[] {
  if (geoDatabase === null) return []
  try {
    accessSync(geoDatabase, constants.R_OK)
    return []
  } catch {
    return [error(`GEO_DATABASE=${geoDatabase} cannot be read.`)]
  }
}
