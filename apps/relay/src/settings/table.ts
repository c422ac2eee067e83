// What an operator tunes, as one table: rows by theme, each with default, unit, range and purpose. What the wire fixes
// stands in core's relay protocol instead.
import { ACCESS_SETTINGS } from './rows/access.ts';
import { CONNECTIONS, TRANSFERS } from './rows/connections.ts';
import { LISTENING } from './rows/listening.ts';
import { OPERATION } from './rows/operation.ts';
import { RATES } from './rows/rates.ts';
import { ROOMS } from './rows/rooms.ts';
import { STUN } from './rows/stun.ts';
import { BLOCKING, TRAFFIC } from './rows/traffic.ts';
import { TRUST } from './rows/trust.ts';
import type { SettingsTable, ValuesOf } from './setting.ts';

export const RELAY_SETTINGS = {
  ...LISTENING,
  ...ACCESS_SETTINGS,
  ...CONNECTIONS,
  ...RATES,
  ...TRANSFERS,
  ...TRAFFIC,
  ...STUN,
  ...ROOMS,
  ...TRUST,
  ...BLOCKING,
  ...OPERATION,
};

export type RelayConfig = ValuesOf<typeof RELAY_SETTINGS>;

/** The rows under the headings of the help, in its order. */
export const SETTING_GROUPS: readonly { heading: string; settings: SettingsTable }[] = [
  { heading: 'Where it listens', settings: LISTENING },
  { heading: 'Who may send', settings: ACCESS_SETTINGS },
  { heading: 'Whose word it takes', settings: TRUST },
  { heading: 'Connections', settings: CONNECTIONS },
  { heading: 'Attempts', settings: RATES },
  { heading: 'Transfers', settings: TRANSFERS },
  { heading: 'How much it passes', settings: TRAFFIC },
  { heading: 'Direct paths', settings: STUN },
  { heading: 'Rooms', settings: ROOMS },
  { heading: 'Whom it refuses', settings: BLOCKING },
  { heading: 'Logs, metrics and the end', settings: OPERATION },
];

export const DEFAULT_RELAY_CONFIG: Readonly<RelayConfig> = Object.freeze(
  Object.fromEntries(Object.entries(RELAY_SETTINGS).map(([name, { default: value }]) => [name, value])),
) as Readonly<RelayConfig>;
