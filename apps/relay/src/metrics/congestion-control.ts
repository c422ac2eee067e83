// Which TCP congestion control the system gives new connections: on a long path with loss it decides the speed.
import { readFileSync } from 'node:fs';

/** Its name, such as `bbr` or `cubic`; null where the system doesn't tell. */
export function congestionControl(file = '/proc/sys/net/ipv4/tcp_congestion_control'): string | null {
  try {
    const name = readFileSync(file, 'utf8').trim();
    return /^[a-z0-9_-]{1,16}$/.test(name) ? name : null;
  } catch {
    return null;
  }
}
