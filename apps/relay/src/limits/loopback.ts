// The addresses of this machine that no other machine has.
import { TrustedProxies } from './trusted-proxies.ts';

/** An IPv4-mapped IPv6 address is the IPv4 address. */
export const LOOPBACK: Pick<TrustedProxies, 'has'> = new TrustedProxies(['127.0.0.0/8', '::1']);
