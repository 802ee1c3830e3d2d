import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Certificate = { key: string; cert: string }

/** A self-signed certificate for a name or address (`IP:127.0.0.1`, `DNS:keystone.example`), as from a CA of one's own. */
export function makeCertificate(subject: string, { days = 2 } = {}): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-certificate-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const algorithm = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const files = ['-keyout', key, '-out', cert]
  const about = ['-subj', '/CN=keystone', '-addext', `subjectAltName=${subject}`, '-days', String(days)]
  try {
    execFileSync('openssl', ['req', '-x509', ...algorithm, ...files, ...about], { stdio: 'ignore' })
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
