// Under which https addresses browsers of other devices reach the relay: its page may be open at one that means another
// machine there.
import { X509Certificate } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { EVERYWHERE } from '../settings/addresses.ts';
import { type Certificate, isSelfSigned } from '../tls/read-certificate.ts';
import type { BoundAddress } from './listener.ts';
import { ownNetworkAddresses } from './own-networks.ts';

/**
 * The answer to a page.
 * @param asked `isHere`: by a page of this machine; `isSecure`: by TLS of the relay's own, and no proxy
 * @param otherNames origins that the operator named; browsers refuse to work at others than https
 */
export function addressesFor(
  { isHere, isSecure }: { isHere: boolean; isSecure: boolean },
  otherNames: readonly string[],
  bound: readonly BoundAddress[],
  certificate: Certificate | null,
): { addresses: string[]; listening: string[]; fingerprint: string | null } {
  const named = otherNames.filter((origin) => origin.startsWith('https:'));
  const listening = isHere ? listeningForOthers(bound, certificate) : [];
  const addresses = [...named, ...listening];
  // Under another name, or by a proxy, another certificate may be shown.
  const isShown = named.length === 0 && (isHere || isSecure);
  if (certificate === null || !isShown || !isSelfSigned(certificate)) {
    return { addresses, listening, fingerprint: null };
  }
  const { fingerprint256 } = new X509Certificate(certificate.cert);
  return { addresses, listening, fingerprint: fingerprint256.replaceAll(':', '') };
}

/** Those of this machine's networks for which the certificate is; the likeliest first. None without a certificate. */
export function listeningForOthers(
  bound: readonly BoundAddress[],
  certificate: { cert: Buffer } | null,
): string[] {
  if (certificate === null) return [];
  const shown = new X509Certificate(certificate.cert);
  const found = bound.flatMap((each) => {
    if (each.kind !== 'tcp') return [];
    const isWildcard = each.host === EVERYWHERE || each.host === '0.0.0.0';
    const hosts = isWildcard ? networkAddresses(each.host === EVERYWHERE) : [each.host];
    return hosts
      .filter((host) => !isLoopback(host) && shown.checkIP(host) !== undefined)
      .map((host) => `https://${host.includes(':') ? `[${host}]` : host}:${each.port}`);
  });
  return [...new Set(found.map((url) => new URL(url).origin))];
}

const PASSED_ON = ['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via'];

/**
 * Whether a request asks for a name of the machine itself, and by no proxy that says so: the addresses in its networks are
 * for the people at it.
 */
export function isAskedHere(headers: IncomingHttpHeaders): boolean {
  const { host = '' } = headers;
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return isLoopback(name.toLowerCase()) && !isPassedOn(headers);
}

/** Whether a proxy on the way says so: it may show another certificate. */
export function isPassedOn(headers: IncomingHttpHeaders): boolean {
  return PASSED_ON.some((header) => header in headers);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\.[\d.]+$/.test(host);
}

/** Those of IPv6 where there is no other, and the relay listens there too; no link-local ones, which lead nowhere without a zone. */
function networkAddresses(isOfBoth: boolean): string[] {
  const all = ownNetworkAddresses().filter(({ address }) => !/^fe[89ab]/i.test(address));
  const ipv4 = all.filter(({ family }) => family === 'IPv4');
  const found = ipv4.length > 0 || !isOfBoth ? ipv4 : all;
  return found.map(({ address }) => address);
}
