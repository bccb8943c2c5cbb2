import type { NextConfig } from 'next'

const config: NextConfig = {
  serverExternalPackages: [
    'better-sqlite3',
    '@node-rs/argon2',
    'piscina',
    'pino',
    'pg',
    'maxmind',
    'nodemailer',
    'oidc-provider',
    'light-my-request',
  ],
  poweredByHeader: false,
  reactStrictMode: true,
  // Development writes each request down with its address; what a mailed link brings stays out of it (v5.0.0-16.2.5).
  logging: { incomingRequests: { ignore: [/[?&](?:token|proof)=/] } },
  // A private page must never be served from the router's memory after the session has ended.
  experimental: { staleTimes: { dynamic: 0, static: 30 } },
}

export default config
