// The STUN server, by which two ends behind NATs find a path of their own.
import { isIP } from 'node:net';
import { MIN_STUN_PORT } from '@p2p-copy/core/relay-protocol';
import { EVERYWHERE } from '../addresses.ts';
import { list, orNone, whole } from '../kinds.ts';
import { type Kind, type Setting, setting } from '../setting.ts';

const MAX_PORT = 65_535;

/** Clients take no other port: one below is a service of the system. */
const port: Kind<number> = {
  ...whole('port', 0, MAX_PORT),
  allowed: `a whole number from ${MIN_STUN_PORT} to ${MAX_PORT}, or 0 (port)`,
  allowedWritten: `a whole number from ${MIN_STUN_PORT} to ${MAX_PORT}, or 0 (port)`,
  accepts: (value) =>
    value === 0 ||
    (Number.isInteger(value) && (value as number) >= MIN_STUN_PORT && (value as number) <= MAX_PORT),
};

const perMinute = (byDefault: number, purpose: string): Setting<number> =>
  setting(whole('per minute', 1, 100_000_000), byDefault, { purpose, isReloadable: true });

export const STUN = {
  stunPort: setting(orNone(port), null, {
    purpose:
      'UDP port of a STUN server, by which ends behind NATs find a path of their own; 0 picks a free one.',
    isReloadable: false,
    isCommon: true,
  }),
  stunHost: setting(
    list('addresses', 'IP addresses', (value) => isIP(value) !== 0),
    [EVERYWHERE],
    {
      purpose:
        'Where that server listens, whatever host and listen say; :: is every address of this machine.',
      isReloadable: false,
    },
  ),
  stunPerMinute: perMinute(
    60_000,
    'STUN requests that are answered, of all addresses together; a 30th of them at once.',
  ),
  stunPerMinutePerAddress: perMinute(
    600,
    'Those of one address (IPv6: one /64), all of them at once if need be.',
  ),
  stunPerMinutePerSite: perMinute(3_000, 'The same for one IPv6 /48.'),
};
