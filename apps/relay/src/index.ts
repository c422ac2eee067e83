// The relay as a library: `p2p-copy relay`, the tests and the start script use it.
export { RelayError } from './relay-error.ts';
export {
  DEFAULT_RELAY_CONFIG,
  parseRelayConfig,
  RELAY_SETTINGS,
  type RelayConfig,
} from './settings/index.ts';
export { type RunningRelay, startRelay } from './start-relay.ts';
