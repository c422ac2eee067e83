// Makes a certificate that vouches for itself, and its key. ECDSA P-256: what every browser takes.
import type { MachineNames } from './machine-names.ts';

export interface MadeCertificate {
  /** PEM. */
  cert: string;
  key: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 24 * 60 * 60_000;
/** Clocks of other devices may be behind. */
const BEFORE_DAYS = 1;
/** Browsers take at most 398 days from first to last. */
const AFTER_DAYS = 395;

export async function makeCertificate(names: MachineNames, nowMs: number): Promise<MadeCertificate> {
  // Loaded on demand, and in this order: the second looks for the first.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [`p2p-copy relay on ${names.hosts.at(1) ?? 'this machine'}`.slice(0, 64)] }],
    notBefore: new Date(nowMs - BEFORE_DAYS * DAY_MS),
    notAfter: new Date(nowMs + AFTER_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      // Whoever decides to trust it trusts one server: its key can't vouch for others.
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...names.hosts.map((value) => ({ type: 'dns', value }) as const),
        ...[...names.ipv4, ...(names.passing ?? []), ...names.ipv6].map(
          (value) => ({ type: 'ip', value }) as const,
        ),
      ]),
    ],
  });
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { cert: `${cert.toString('pem')}\n`, key: `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n` };
}
