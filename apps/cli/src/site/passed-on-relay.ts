// Under which address a sender's person passes its relay on, and what else a terminal at the other device needs. The relay
// is asked: docs/PROTOCOL.md section 4, Addresses.

import { readToldAddresses, type ToldAddresses, toldAddress } from '@p2p-copy/core';
import type { PassedOnRelay } from '../library/public-types.ts';
import { isOnlyLocal } from '../node/network/only-local.ts';
import { shownCertificate } from '../node/network/pinned-certificate.ts';
import { withoutLogin } from '../node/network/relay-login.ts';
import { readCertificates } from '../node/network/trust/read-certificates.ts';
import { download } from './download.ts';

/** A sender shows no code before: it is a request of its own, and not worth a long wait. */
const LIMITS = { fileBytes: 64 * 1024, fileMs: 3_000, additionalBytes: 0, additionalMs: 0 };

/**
 * `relay` itself, unless that means this machine only and the relay names an https address for others. A fingerprint is passed
 * on only where that certificate is shown at that address. Where nothing is told, there is `relay` alone, with `pinned`. Never rejects.
 * @param pinned the fingerprint by which this end trusts `relay` anyway; null for none
 */
export async function passedOnRelay(
  relay: string,
  caFile: string | undefined,
  signal: AbortSignal,
  pinned: string | null = null,
): Promise<PassedOnRelay> {
  const own = withoutLogin(relay);
  try {
    const ca = caFile === undefined ? null : await readCertificates(caFile);
    const told = await ask(relay, ca, signal);
    const [other] = told.addresses;
    const address = other !== undefined && isOnlyLocal(relay) ? toldAddress(told, own, other) : own;
    const isShown = told.fingerprint !== null && (await isShownAt(address, told.fingerprint));
    const ofOwn = address === own ? pinned : null;
    return { address, fingerprint: isShown ? told.fingerprint : ofOwn, command: told.command };
  } catch {
    return { address: own, fingerprint: pinned, command: null };
  }
}

async function ask(relay: string, ca: string | null, signal: AbortSignal): Promise<ToldAddresses> {
  const url = new URL(relay.replace(/^ws/i, 'http'));
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/addresses`;
  const answer = await download(url, { ca, signal, limits: LIMITS });
  return readToldAddresses(answer.kind === 'found' ? JSON.parse(answer.bytes.toString()) : null);
}

async function isShownAt(address: string, fingerprint: string): Promise<boolean> {
  if (!/^(https|wss):/i.test(address)) return false;
  return (await shownCertificate(address)).fingerprint === fingerprint;
}
