// The relay's settings, without the relay: the command line makes its flags of them before it loads a server.
export { RelayError } from '../foundation/relay-error.ts';
export { readAddress } from './addresses.ts';
export { checkTogether } from './check-together.ts';
export { onOff } from './kinds.ts';
export { environmentNameOf, flagOf, keyOf } from './names.ts';
export { parseRelayConfig } from './parse-config.ts';
export { type Setting, type SettingsTable, setting, type ValuesOf } from './setting.ts';
export { DEFAULT_RELAY_CONFIG, RELAY_SETTINGS, type RelayConfig, SETTING_GROUPS } from './table.ts';
export { CONFIG_VARIABLE, type Environment } from './written/read-environment.ts';
export { readSettingsFile } from './written/read-file.ts';
export { type ResolvedSettings, resolveSettings } from './written/resolve-settings.ts';
export { type Source, showSource } from './written/sources.ts';
