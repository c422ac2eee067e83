// `--relay-fingerprint`: a relay's own certificate is fetched, compared with the fingerprint that the person was given, and
// kept as a file to trust, also when the transfer is continued later.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { relayEndpoint, TransferError } from '@p2p-copy/core';
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
  const endpoint = relayEndpoint(relayUrl);
  if (endpoint === null) throw relayUrlError(relayUrl);
  const { protocol, hostname, port } = new URL(endpoint);
  if (protocol !== 'wss:') {
    throw new TransferError(
      'relay-unreachable',
      'A fingerprint is for a relay by https. Give --relay an address that begins with https://, or leave out --relay-fingerprint.',
    );
  }
  const shown = await certificateAt(hostname.replace(/^\[(.*)\]$/, '$1'), port === '' ? 443 : Number(port));
  if (shown.fingerprint !== fingerprint) {
    throw new TransferError(
      'relay-unreachable',
      'The relay shows another certificate than that of --relay-fingerprint: it was replaced, or somebody sits in between. Ask for its fingerprint again.',
    );
  }
  const folder = join(stateRoot(), 'pinned-certificates');
  const file = join(folder, `${fingerprint}.pem`);
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

/** Nothing is sent over this connection, and it proves nothing but what is shown there. */
function certificateAt(host: string, port: number): Promise<{ fingerprint: string; pem: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, rejectUnauthorized: false }, () => {
      const certificate = socket.getPeerX509Certificate()!;
      resolve({
        fingerprint: certificate.fingerprint256.replaceAll(':', ''),
        pem: `${certificate.toString().trim()}\n`,
      });
      socket.destroy();
    });
    const fail = (cause?: unknown) => {
      socket.destroy();
      reject(
        new TransferError('relay-unreachable', `No certificate can be fetched at ${host}:${port}.`, {
          cause,
        }),
      );
    };
    socket.setTimeout(PATIENCE_MS, () => fail());
    socket.on('error', fail);
  });
}
