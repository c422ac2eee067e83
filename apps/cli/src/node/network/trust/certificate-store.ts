// Which authorities certificates of TLS are checked against: those of SSL_CERT_FILE and SSL_CERT_DIR, else the system's, else
// Node's, and in any case those of NODE_EXTRA_CA_CERTS and P2P_COPY_CA_FILE.
import { readdir, readFile, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import * as tls from 'node:tls';
import { TransferError } from '@p2p-copy/core';
import { quoted } from '../../../wording/show-text.ts';
import { certificatesIn, readCertificates } from './read-certificates.ts';

export interface CertificateStore {
  /** In PEM, each once. */
  certificates: readonly string[];
  /** Of these, the one that is alone in P2P_COPY_CA_FILE: trusted by whichever name its relay is reached. */
  pinned: string | null;
  /** Where they are from, in words. */
  sources: readonly string[];
}

/** Where distributions of Linux keep the authorities that their users trust, in one file. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** A distribution's has about 220,000. */
const MAX_BUNDLE_BYTES = 8 * 1024 * 1024;

interface Found {
  source: string;
  certificates: readonly string[];
}

/** @throws TransferError `relay-unreachable` for a variable that names no certificates */
export async function certificateStore(environment: NodeJS.ProcessEnv): Promise<CertificateStore> {
  const own = environment.P2P_COPY_CA_FILE ?? '';
  const added = own === '' ? [] : certificatesIn(await readCertificates(own, 'P2P_COPY_CA_FILE'));
  const found: Found[] = [
    ...((await namedByEnvironment(environment)) ?? [(await distributionBundle()) ?? ofNode()]),
    ...(await extraOfNode(environment)),
    ...(added.length > 0 ? [{ source: `P2P_COPY_CA_FILE=${quoted(own)}`, certificates: added }] : []),
  ];
  return {
    certificates: [...new Set(found.flatMap(({ certificates }) => certificates))],
    pinned: added.length === 1 ? added[0]! : null,
    sources: found.map(({ source, certificates }) => `${source} (${certificates.length})`),
  };
}

/** null where the environment names none. */
async function namedByEnvironment({
  SSL_CERT_FILE,
  SSL_CERT_DIR,
}: NodeJS.ProcessEnv): Promise<Found[] | null> {
  const file = SSL_CERT_FILE ?? '';
  const folders = (SSL_CERT_DIR ?? '').split(delimiter).filter((folder) => folder !== '');
  if (file === '' && folders.length === 0) return null;
  const found: Found[] = [];
  if (file !== '') {
    const certificates = certificatesIn(await readCertificates(file, 'SSL_CERT_FILE'));
    found.push({ source: `SSL_CERT_FILE=${quoted(file)}`, certificates });
  }
  for (const folder of folders) {
    found.push({ source: `SSL_CERT_DIR=${quoted(folder)}`, certificates: await certificatesOf(folder) });
  }
  if (found.some(({ certificates }) => certificates.length > 0)) return found;
  throw new TransferError(
    'relay-unreachable',
    `No certificate in PEM format is in SSL_CERT_DIR, ${folders.map(quoted).join(', ')}. Name a folder with those to trust, or unset it.`,
    { retryable: false },
  );
}

/** Of all its files: the names by digest that OpenSSL wants are links to some of them. */
async function certificatesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const texts = await Promise.all(names.map((name) => textOf(join(folder, name)).catch(() => '')));
  return [...new Set(texts.flatMap(certificatesIn))];
}

/** Empty for what is no file, such as a pipe, which may have nobody that writes to it; and for what is longer than any bundle. */
async function textOf(path: string): Promise<string> {
  const found = await stat(path);
  return found.isFile() && found.size <= MAX_BUNDLE_BYTES ? await readFile(path, 'utf8') : '';
}

async function distributionBundle(): Promise<Found | null> {
  if (process.platform !== 'linux') return null;
  for (const file of BUNDLES) {
    const certificates = certificatesIn(await readFile(file, 'utf8').catch(() => ''));
    if (certificates.length > 0) return { source: quoted(file), certificates };
  }
  return null;
}

/** From Node 22.15 on also what the system trusts. */
function ofNode(): Found {
  const { getCACertificates } = tls as { getCACertificates?: (kind: 'bundled' | 'system') => string[] };
  if (getCACertificates === undefined) {
    return { source: 'the authorities that come with Node', certificates: tls.rootCertificates };
  }
  const certificates = [...new Set([...getCACertificates('bundled'), ...getCACertificates('system')])];
  return { source: 'the authorities of the system, and those that come with Node', certificates };
}

/** Node has warned of a file that it can't read. */
async function extraOfNode({ NODE_EXTRA_CA_CERTS: file = '' }: NodeJS.ProcessEnv): Promise<Found[]> {
  if (file === '') return [];
  const certificates = certificatesIn(await readFile(file, 'utf8').catch(() => ''));
  return certificates.length === 0 ? [] : [{ source: `NODE_EXTRA_CA_CERTS=${quoted(file)}`, certificates }];
}
