// `--relay-fingerprint`: a relay's own certificate is fetched, compared with the fingerprint that the person was given, and
// kept as a file to trust, also when the transfer is continued later.
import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { isIP, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { type LinkedRelay, originOf, relayEndpoint, TransferError } from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';
import { stateRoot } from '../disk/state-root.ts';
import { relayUrlError } from './dial-relay.ts';
import { openTunnel } from './proxy/open-tunnel.ts';
import { ProxyError } from './proxy/proxy-error.ts';
import { hostOf, portOf, proxyOf } from './proxy/proxy-of.ts';

const PATIENCE_MS = 10_000;

/** Hex digits in upper case; null for a text that is no SHA-256. Colons and spaces between them count for nothing. */
export function readFingerprint(text: string): string | null {
  const digits = text.replace(/[\s:]/g, '').toUpperCase();
  return /^[\dA-F]{64}$/.test(digits) ? digits : null;
}

/**
 * The file of the certificate, in PEM.
 * @param fingerprint as `readFingerprint` gives it
 * @throws TransferError `relay-unreachable` where it can't be fetched, isn't that one, or can't be kept
 */
export async function pinnedCertificate(relayUrl: string, fingerprint: string): Promise<string> {
  const folder = join(stateRoot(), 'pinned-certificates');
  const file = join(folder, `${fingerprint}.pem`);
  let shown: ShownCertificate;
  try {
    shown = await shownCertificate(relayUrl);
  } catch (error) {
    // The relay may be there again before the transfer gives up; then it is held to this certificate.
    if (isOf(await readFile(file, 'utf8').catch(() => ''), fingerprint)) return file;
    throw error;
  }
  if (shown.fingerprint !== fingerprint) {
    throw new TransferError(
      'relay-unreachable',
      'The relay shows another certificate than that of --relay-fingerprint or of the link: it was replaced, or somebody sits in between. Ask for its fingerprint again.',
    );
  }
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(file, shown.pem, { mode: 0o600 });
  } catch (cause) {
    throw new TransferError(
      'relay-unreachable',
      `The certificate can’t be kept in ${folder}. Set P2P_COPY_STATE to a folder that this user may write to.`,
      { cause },
    );
  }
  return file;
}

/**
 * The same for a link that says its relay's fingerprint; undefined where it says none, or is of another relay than `relayUrl`.
 * @throws TransferError as `pinnedCertificate`, and for a fingerprint that isn't whole
 */
export async function certificateOfLink(
  relayUrl: string,
  { site, fingerprint }: LinkedRelay,
): Promise<string | undefined> {
  if (site === null || fingerprint === null || originOf(site) !== originOf(relayUrl)) return undefined;
  const digits = readFingerprint(fingerprint);
  if (digits !== null) return pinnedCertificate(relayUrl, digits);
  throw new TransferError(
    'relay-unreachable',
    'The link says a fingerprint of the relay’s certificate that is not whole. Copy the link again, from its first to its last sign.',
  );
}

export interface ShownCertificate {
  /** SHA-256, in hex digits of upper case. */
  fingerprint: string;
  pem: string;
}

/**
 * The certificate that a relay shows now. Nothing is sent over that connection, and nobody is trusted.
 * @throws TransferError `relay-unreachable`
 */
export async function shownCertificate(relayUrl: string): Promise<ShownCertificate> {
  const endpoint = relayEndpoint(relayUrl);
  if (endpoint === null) throw relayUrlError(relayUrl);
  const url = new URL(endpoint);
  if (url.protocol !== 'wss:') {
    throw new TransferError(
      'relay-unreachable',
      'A fingerprint is for a relay by https. Give --relay an address that begins with https://, or leave out --relay-fingerprint.',
    );
  }
  const [host, port] = [hostOf(url), portOf(url)];
  const failure = (cause?: unknown) => {
    const reason = cause instanceof ProxyError ? `: ${cause.message}` : '';
    const sentence = `No certificate can be fetched at ${quoted(`${url.hostname}:${port}`)}${reason}.`;
    return new TransferError('relay-unreachable', sentence, { cause });
  };
  let tunnel: Socket | null = null;
  try {
    const proxy = proxyOf(url);
    if (proxy !== null) tunnel = await openTunnel(proxy, { host, port }, new AbortController().signal);
  } catch (error) {
    throw error instanceof ProxyError ? failure(error) : error;
  }
  const way = tunnel === null ? { host, port } : { socket: tunnel };
  return new Promise((resolve, reject) => {
    const socket = connect(
      { ...way, servername: isIP(host) ? '' : host, rejectUnauthorized: false, timeout: PATIENCE_MS },
      () => {
        const certificate = socket.getPeerX509Certificate()!;
        resolve({
          fingerprint: certificate.fingerprint256.replaceAll(':', ''),
          pem: `${certificate.toString().trim()}\n`,
        });
        socket.destroy();
      },
    );
    const fail = (cause?: unknown) => {
      socket.destroy();
      reject(failure(cause));
    };
    socket.on('error', fail);
    socket.on('timeout', () => fail());
  });
}

function isOf(pem: string, fingerprint: string): boolean {
  try {
    return new X509Certificate(pem).fingerprint256.replaceAll(':', '') === fingerprint;
  } catch {
    return false;
  }
}
