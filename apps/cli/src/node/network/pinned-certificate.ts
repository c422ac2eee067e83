// `--relay-fingerprint`: a relay's own certificate is fetched, compared with the fingerprint that the person was given, and
// kept as a file to trust, also when the transfer is continued later.
import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { type LinkedRelay, originOf, relayEndpoint, TransferError } from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';
import { nodeClock } from '../clock.ts';
import { stateRoot } from '../disk/state-root.ts';
import { relayUrlError } from './dial-relay.ts';

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
export function shownCertificate(relayUrl: string): Promise<ShownCertificate> {
  const endpoint = relayEndpoint(relayUrl);
  if (endpoint === null) throw relayUrlError(relayUrl);
  const { protocol, hostname, port: given } = new URL(endpoint);
  if (protocol !== 'wss:') {
    throw new TransferError(
      'relay-unreachable',
      'A fingerprint is for a relay by https. Give --relay an address that begins with https://, or leave out --relay-fingerprint.',
    );
  }
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const port = given === '' ? 443 : Number(given);
  return new Promise((resolve, reject) => {
    const socket = connect(
      { host, port, servername: isIP(host) ? '' : host, rejectUnauthorized: false },
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
      reject(
        new TransferError(
          'relay-unreachable',
          `No certificate can be fetched at ${quoted(`${hostname}:${port}`)}.`,
          {
            cause,
          },
        ),
      );
    };
    socket.on('error', fail);
    const cancel = nodeClock.after(PATIENCE_MS, () => fail());
    socket.on('close', cancel);
  });
}

function isOf(pem: string, fingerprint: string): boolean {
  try {
    return new X509Certificate(pem).fingerprint256.replaceAll(':', '') === fingerprint;
  } catch {
    return false;
  }
}
