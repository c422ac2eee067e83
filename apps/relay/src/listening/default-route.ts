// By which of its addresses this machine reaches others: asked of the system, and nothing is sent for it.
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';

/** Addresses for documentation (RFC 5737, RFC 3849): nobody has them, so only a default route leads there. */
const ELSEWHERE = [
  { type: 'udp4', host: '192.0.2.1' },
  { type: 'udp6', host: '2001:db8::1' },
] as const;
/** Discard. */
const PORT = 9;
const LINUX_ROUTES = '/proc/net/route';

/** What this machine sends from by default, as `noteDefaultRoute` found it; null where nothing is known. */
let noted: string | null = null;

/** Finds out by which address this machine reaches others, where the system doesn't say it in a file. Never throws. */
export async function noteDefaultRoute(): Promise<void> {
  noted = null;
  if (interfaceInRoutes() !== null) return;
  for (const { type, host } of ELSEWHERE) noted ??= await localAddressTo(host, { type, port: PORT });
}

/**
 * The address from which datagrams to `host` would go; null where no route leads there. A socket that is connected has one, and sends nothing.
 * @param host an address
 */
export function localAddressTo(
  host: string,
  { type, port }: { type: 'udp4' | 'udp6'; port: number },
): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket(type);
    const end = (address: string | null) => {
      socket.removeAllListeners();
      socket.on('error', () => {});
      socket.close();
      resolve(address);
    };
    socket.once('error', () => end(null));
    socket.once('connect', () => end(socket.address().address));
    socket.connect(port, host);
  });
}

/** The interface with the default route, by name or by the address that it has; null where neither is known. */
export function defaultRoute(): { name: string } | { address: string } | null {
  const name = interfaceInRoutes();
  if (name !== null) return { name };
  return noted === null ? null : { address: noted };
}

/** Linux says it in a file, which Android keeps from programs. */
function interfaceInRoutes(): string | null {
  try {
    const routes = readFileSync(LINUX_ROUTES, 'utf8').split('\n').slice(1);
    const defaults = routes
      .map((line) => line.split('\t'))
      .filter((fields) => fields[1] === '00000000' && fields[7] === '00000000');
    return defaults.sort((a, b) => Number(a[6]) - Number(b[6]))[0]?.[0] ?? null;
  } catch {
    return null;
  }
}
