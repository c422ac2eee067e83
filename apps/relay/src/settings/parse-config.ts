// Checks the typed settings that the library is given, before anything starts.
import { RelayError } from '../foundation/relay-error.ts';
import { checkTogether } from './check-together.ts';
import { DEFAULT_RELAY_CONFIG, RELAY_SETTINGS, type RelayConfig } from './table.ts';

/**
 * Fills in defaults and checks every setting, and those that only go together.
 * @throws RelayError `invalid-config`, naming the setting, what it was and what is allowed
 */
export function parseRelayConfig(given: Partial<RelayConfig>): RelayConfig {
  const config: Record<string, unknown> = { ...DEFAULT_RELAY_CONFIG };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const row = Object.hasOwn(RELAY_SETTINGS, name) ? RELAY_SETTINGS[name as keyof RelayConfig] : null;
    if (row === null) {
      throw new RelayError('invalid-config', `The relay has no setting called ${JSON.stringify(name)}.`);
    }
    if (!row.accepts(value)) {
      const shown = JSON.stringify(value) ?? String(value);
      throw new RelayError('invalid-config', `Relay setting ${name} is ${shown}; allowed: ${row.allowed}.`);
    }
    config[name] = value;
  }
  checkTogether(config as RelayConfig, (name) => (given[name] === undefined ? null : name));
  return config as RelayConfig;
}
