// Whether only programs of this machine can reach a relay: then nobody needs its certificate.
import { type RelayConfig, readAddress } from '@p2p-copy/relay/settings';

/** A socket that the system passed may be one for everybody. */
export function isForThisMachine({ listen, host }: Pick<RelayConfig, 'listen' | 'host'>): boolean {
  return listen.length === 0 ? isLoopback(host) : listen.every(isLocal);
}

function isLocal(text: string): boolean {
  const address = readAddress(text);
  return address?.kind === 'unix' || (address?.kind === 'tcp' && isLoopback(address.host));
}

function isLoopback(host: string): boolean {
  return /^localhost\.?$/i.test(host) || host.startsWith('127.') || host === '::1';
}
