// The relay's settings, without the relay: the command line makes its flags of them before it loads a server.
export { environmentNameOf, flagOf, keyOf } from './names.ts';
export { parseRelayConfig } from './parse-config.ts';
export { DEFAULT_RELAY_CONFIG, RELAY_SETTINGS, type RelayConfig, SETTING_GROUPS } from './table.ts';
