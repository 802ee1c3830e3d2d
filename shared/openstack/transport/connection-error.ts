import { KeystoneError } from './errors.ts'

/** Codes of Node's TLS that mean the certificate, besides those that begin with `CERT_`. */
const certificateCodes = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/** Maps Node's error of a failed connection. `sent`: the request was on its way. */
export function connectionError(error: Error, url: URL, sent: boolean): KeystoneError {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const details = { mayHaveHappened: sent, cause: error }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = 'reason' in error && typeof error.reason === 'string' ? `: ${error.reason}` : ''
    return new KeystoneError('certificate', `the certificate of ${url.origin} is for another name${names}`, {
      cause: error,
    })
  }
  if (certificateCodes.has(code) || code.startsWith('CERT_')) {
    // Node's own advice follows a semicolon.
    const why = error.message.split(';', 1)[0]
    const advice = code.startsWith('CERT_') ? '' : ' (set OS_CACERT to the CA that signed it)'
    return new KeystoneError(
      'certificate',
      `the certificate of ${url.origin} can't be trusted: ${why}${advice}`,
      {
        cause: error,
      },
    )
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return new KeystoneError('unreachable', `${url.origin} does not speak TLS as it should: is it http?`, {
      cause: error,
    })
  }
  if (code.startsWith('HPE_')) {
    const message = `${url.origin} does not speak HTTP: is it https?`
    return new KeystoneError('broken-answer', message, details)
  }
  if (sent) return new KeystoneError('interrupted', `${url.origin} broke the connection (${code})`, details)
  return new KeystoneError('unreachable', `${url.origin} can't be reached (${code || error.name})`, details)
}
