// The places where the relay listens, as people and browsers name them.
import { EVERYWHERE } from '../settings/addresses.ts';
import type { BoundAddress } from './listener.ts';

/** `http://127.0.0.1:8765`, or `unix:/run/p2p-copy/relay.sock`. */
export function urlOf(bound: BoundAddress, scheme: string): string {
  if (bound.kind === 'unix') return `unix:${bound.path}`;
  return `${scheme}://${bound.host.includes(':') ? `[${bound.host}]` : bound.host}:${bound.port}`;
}

/** Where a browser on this machine reaches it: a wildcard is where one listens, not where one goes. */
export function localUrlOf(bound: BoundAddress, scheme: string): string {
  const isWildcard = bound.kind === 'tcp' && (bound.host === EVERYWHERE || bound.host === '0.0.0.0');
  return urlOf(isWildcard ? { ...bound, host: '127.0.0.1' } : bound, scheme);
}
