import { startIssuer } from '../../support/tokens.ts'

/** An issuer with a token of an enforcement point, and what a function is told of it. */
export async function startTestIssuer() {
  const issuer = await startIssuer()
  const token = await issuer.token({
    sub: 'checker',
    client_id: 'checker',
    scope: 'check',
    exp: Math.floor(Date.now() / 1000) + 3600,
  })
  return {
    token,
    environment: {
      AUTH_ISSUER: issuer.url,
      AUTH_AUDIENCE: issuer.audience,
      CHECK_CLIENTS: 'checker',
      PUBLIC_URL: issuer.audience,
      CUSTOMER_ID_PATTERN: '^[A-Z]{3}[0-9]{6}$',
      AWS_REGION: 'local',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_SESSION_TOKEN: 'local',
    },
    close: () => issuer.close(),
  }
}
