// A certificate authority of the tests' own, and what it issues.
import 'reflect-metadata';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { onTestFinished } from 'vitest';

export interface Issued {
  /** PEM. */
  cert: string;
  key: string;
}

export interface Authority {
  /** Its own certificate in PEM, which clients trust. */
  ca: string;
  /** A certificate for this machine and further addresses of it, another one each time. */
  issue(addresses?: readonly string[]): Promise<Issued>;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const FROM = new Date('2020-01-01');
const UNTIL = new Date('2090-01-01');

export async function makeAuthority(): Promise<Authority> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const name = 'CN=Authority of the tests';
  const own = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name,
    notBefore: FROM,
    notAfter: UNTIL,
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  });
  let issued = 1;
  return {
    ca: own.toString('pem'),
    async issue(addresses = []) {
      issued += 1;
      const { publicKey, privateKey } = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
      const cert = await x509.X509CertificateGenerator.create({
        serialNumber: issued.toString(16).padStart(2, '0'),
        subject: 'CN=localhost',
        issuer: name,
        notBefore: FROM,
        notAfter: UNTIL,
        signingAlgorithm: ALGORITHM,
        publicKey,
        signingKey: keys.privateKey,
        extensions: [
          new x509.SubjectAlternativeNameExtension([
            { type: 'dns', value: 'localhost' },
            { type: 'ip', value: '127.0.0.1' },
            ...addresses.map((value) => ({ type: 'ip', value }) as const),
          ]),
        ],
      });
      const pkcs8 = await crypto.subtle.exportKey('pkcs8', privateKey);
      return { cert: cert.toString('pem'), key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY') };
    },
  };
}

/** A certificate that vouches for itself. */
export async function makeSelfSigned(): Promise<Issued> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=localhost',
    notBefore: FROM,
    notAfter: UNTIL,
    signingAlgorithm: ALGORITHM,
    keys,
    // As they are made for servers: a key that may not vouch for others.
    extensions: [new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true)],
  });
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { cert: cert.toString('pem'), key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY') };
}

/** A folder of its own for one test. */
export function certificateFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'relay-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  return {
    folder,
    certFile,
    keyFile,
    write({ cert, key }: Issued): void {
      writeFileSync(certFile, cert);
      writeFileSync(keyFile, key);
    },
  };
}
