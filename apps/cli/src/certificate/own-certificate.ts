// The certificate that `p2p-copy relay --self-signed` makes once and keeps, so that people compare its fingerprint once.
import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MachineNames } from './machine-names.ts';
import { makeCertificate } from './make-certificate.ts';

export interface OwnCertificate {
  certFile: string;
  keyFile: string;
  /** SHA-256, as browsers show it. */
  fingerprint: string;
  /** When it ends; another is made before. */
  validUntilMs: number;
}

const DAY_MS = 24 * 60 * 60_000;
/** One that ends sooner is replaced. */
const LEAST_DAYS_LEFT = 30;

/**
 * The certificate in `folder`; made, or made anew, where there is none that fits this machine as it is now.
 * @throws TransferError those of the file system, when it can't be kept
 */
export async function ownCertificate(
  folder: string,
  names: MachineNames,
  nowMs: number = Date.now(),
): Promise<OwnCertificate> {
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // It may have been there before, open to others.
  await chmod(folder, 0o700);
  let cert = await readKept(certFile, keyFile);
  if (cert === null || !fits(cert, names, nowMs)) {
    const made = await makeCertificate(names, nowMs);
    // Between the two, one that reads finds two that don't belong together, and makes its own or looks again.
    await replaceFile(keyFile, made.key);
    await replaceFile(certFile, made.cert);
    cert = new X509Certificate(made.cert);
  }
  return { certFile, keyFile, fingerprint: cert.fingerprint256, validUntilMs: Date.parse(cert.validTo) };
}

/** Null for anything that a relay can't use, or whose key others could have read. */
async function readKept(certFile: string, keyFile: string): Promise<X509Certificate | null> {
  try {
    const isOpenToOthers = process.platform !== 'win32' && ((await stat(keyFile)).mode & 0o077) !== 0;
    if (isOpenToOthers) return null;
    const cert = new X509Certificate(await readFile(certFile));
    return cert.checkPrivateKey(createPrivateKey(await readFile(keyFile))) ? cert : null;
  } catch {
    return null;
  }
}

function fits(cert: X509Certificate, { hosts, ipv4 }: MachineNames, nowMs: number): boolean {
  const isCurrent =
    Date.parse(cert.validFrom) <= nowMs && Date.parse(cert.validTo) - nowMs > LEAST_DAYS_LEFT * DAY_MS;
  return (
    isCurrent &&
    hosts.every((host) => cert.checkHost(host) !== undefined) &&
    ipv4.every((address) => cert.checkIP(address) !== undefined)
  );
}

/** Whole or not at all. */
async function replaceFile(path: string, content: string): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(beside, content, { mode: 0o600, flag: 'wx' });
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
