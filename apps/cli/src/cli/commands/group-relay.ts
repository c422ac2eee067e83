// The options of commands among one's devices that say at which relay they see each other; without them it is the one where this
// device was paired.
import type { Command } from 'commander';
import type { GroupRelay } from '../groups/join-group.ts';
import { chooseRelay, parseRelay } from './parse-options.ts';
import { type TrustOptions, trustedFile } from './trusted-file.ts';

export interface RelayChoice extends TrustOptions {
  relay?: string;
  relayToken?: string;
}

export function addRelayOptions(command: Command): Command {
  return command
    .option('-r, --relay <url>', 'relay to meet at (default: the one of pairing)', parseRelay)
    .option('--relay-token <token>', 'access token for the relay; seen in the list of processes')
    .option('--ca-file <file>', 'trust the certificates in this file too')
    .option('--relay-fingerprint <hex>', 'trust the relay by the SHA-256 fingerprint of its certificate');
}

/** @throws UsageError for a relay in the environment that is none */
export function groupRelay(options: RelayChoice): GroupRelay {
  const isNamed = options.relay !== undefined || Boolean(process.env.P2P_COPY_RELAY);
  return {
    relay: isNamed ? chooseRelay(options.relay) : undefined,
    relayToken: options.relayToken,
    trusted: (relay) => trustedFile(options, relay),
  };
}
