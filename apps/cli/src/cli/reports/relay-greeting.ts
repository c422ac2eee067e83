// What `p2p-copy relay` prints when it runs: where it is, and what other devices need to know.

import { networkAddresses } from '../../certificate/machine-names.ts';
import type { RunningRelay } from '../../library/relay/start-relay.ts';
import { isOnlyLocal } from '../../node/network/only-local.ts';
import { forShell } from '../../wording/for-shell.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { qrCode, qrColumns } from './show-code.ts';

export function greeting(relay: RunningRelay, terminal: Terminal): string {
  const { url, ownCertificate } = relay;
  const others = otherUrls(relay);
  const lines = ['p2p-copy relay is running.', ''];
  const isForBrowsers = !url.startsWith('unix:');
  if (isForBrowsers) lines.push(`On this device: ${ownCertificate === null ? url : withoutQuestions(relay)}`);
  for (const other of others) lines.push(`In this network: ${other}`);
  if (relay.addresses.length > 1 || !isForBrowsers) {
    for (const address of relay.addresses) lines.push(`Listens at: ${address}`);
  }
  for (const address of relay.adminAddresses) lines.push(`Administration: ${address}`);
  if (relay.stunPort !== null) lines.push(`STUN server: UDP port ${relay.stunPort}`);
  lines.push('');
  const scanned = scannedUrl(relay, others);
  const isSeen = terminal.hasOutputScreen && scanned !== null && qrColumns(scanned) <= terminal.columns;
  if (isSeen) lines.push(qrCode(scanned, { colors: terminal.hasColors }), '');
  if (ownCertificate !== null) lines.push(...aboutCertificate(ownCertificate), '');
  else if (url.startsWith('http:') && (others.length > 0 || !isOnlyLocal(url))) lines.push(NEEDS_HTTPS, '');
  if (relay.congestionControl !== null) lines.push(congestionInWords(relay.congestionControl));
  lines.push('Ctrl-C stops it.', '');
  return lines.join('\n');
}

/** An address for other devices, at which browsers work; null where there is none. */
function scannedUrl({ url }: RunningRelay, others: readonly string[]): string | null {
  const [found = null] = [...others, url].filter((each) => each.startsWith('https:') && !isOnlyLocal(each));
  return found;
}

/** On this machine http does, and no browser asks about a certificate. */
function withoutQuestions({ url }: RunningRelay): string {
  return isOnlyLocal(url) ? url.replace(/^https:/, 'http:') : url;
}

/** On a path of 50 ms with 0.5 % loss bbr moved 16 MB/s, cubic under 0.5. */
function congestionInWords(name: string): string {
  const advice = name.startsWith('bbr')
    ? ''
    : ' With bbr, transfers over long paths that lose packets are many times faster.';
  return `TCP congestion control: ${name}.${advice}`;
}

const NEEDS_HTTPS =
  'Browsers on other devices need https for the app, and this relay has no certificate: they will refuse to work with it.';

function aboutCertificate({ fingerprint, certFile }: { fingerprint: string; certFile: string }): string[] {
  return [
    'A browser will ask whether to go on, since nobody vouches for this certificate: let it show the certificate first,',
    'and go on only if it names this SHA-256 fingerprint:',
    fingerprint,
    `For command lines: --ca-file ${forShell(certFile)}`,
    `On other devices: --relay-fingerprint ${fingerprint.replaceAll(':', '')}`,
  ];
}

/** URLs under which other devices reach a relay that listens on every interface. */
function otherUrls({ url, host, port }: RunningRelay): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [];
  const { ipv4, ipv6 } = networkAddresses();
  // Shorter, and steadier: IPv6 alone where there is nothing else. A link-local one leads nowhere without its zone.
  const routed = host === '::' ? ipv6.filter((address) => !/^fe[89ab]/i.test(address)) : [];
  const hosts = ipv4.length > 0 ? ipv4 : routed.map((address) => `[${address}]`);
  return hosts.map((each) => `${new URL(url).protocol}//${each}:${port}`);
}
