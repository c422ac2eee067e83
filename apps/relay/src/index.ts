// The relay as a library: `p2p-copy relay`, the tests and the start script use it.
export { MAX_TOKENS, readTokenFile, writeTokenFile } from './access/token-file.ts';
export { isTokenName, makeToken, type TokenRow } from './access/token-row.ts';
export { RelayError } from './foundation/relay-error.ts';
export { noteDefaultRoute } from './listening/default-route.ts';
export { ownNetworkAddresses } from './listening/own-networks.ts';
export {
  DEFAULT_RELAY_CONFIG,
  parseRelayConfig,
  RELAY_SETTINGS,
  type RelayConfig,
} from './settings/index.ts';
export { type RunningRelay, startRelay } from './start-relay.ts';
