// Sockets that systemd opened for this process (sd_listen_fds(3)): those named `admin` are for administration.
import { RelayError } from '@p2p-copy/relay/settings';

export interface ActivatedSockets {
  /** As addresses of the settings: `fd:3`. */
  readonly listen: readonly string[];
  readonly adminListen: readonly string[];
}

const FIRST_DESCRIPTOR = 3;
const MAX_SOCKETS = 64;
const ADMIN_NAME = 'admin';

/**
 * None, where the variables are missing or meant for another process.
 * @throws RelayError `invalid-config` for a count that is none
 */
export function activatedSockets(
  { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES = '' }: Readonly<Record<string, string | undefined>>,
  processId: number,
): ActivatedSockets {
  if (LISTEN_PID === undefined || LISTEN_FDS === undefined || LISTEN_PID !== String(processId)) {
    return { listen: [], adminListen: [] };
  }
  const count = /^\d{1,4}$/.test(LISTEN_FDS) ? Number(LISTEN_FDS) : Number.NaN;
  if (!(count >= 1 && count <= MAX_SOCKETS)) {
    throw new RelayError(
      'invalid-config',
      `LISTEN_FDS is ${JSON.stringify(LISTEN_FDS)}; allowed: a whole number from 1 to ${MAX_SOCKETS}.`,
    );
  }
  const names = LISTEN_FDNAMES.split(':');
  const sockets = Array.from({ length: count }, (_, index) => ({
    address: `fd:${FIRST_DESCRIPTOR + index}`,
    isAdmin: names[index] === ADMIN_NAME,
  }));
  const addresses = (isAdmin: boolean) =>
    sockets.filter((socket) => socket.isAdmin === isAdmin).map(({ address }) => address);
  return { listen: addresses(false), adminListen: addresses(true) };
}
