// What the pairing and the rooms of one relay have in common: clients count once, whatever they come for.
import type { Clock } from '@p2p-copy/core/foundation';
import { AccessControl } from '../access/access-control.ts';
import type { AccessTokens } from '../access/access-tokens.ts';
import { ConnectionLimits } from '../limits/connection-limits.ts';
import type { Stats } from '../metrics/stats.ts';
import { TrafficLimits } from '../rates/traffic-limits.ts';
import type { RelayConfig } from '../settings/table.ts';

export interface RelayParts {
  readonly config: RelayConfig;
  readonly clock: Clock;
  readonly stats: Stats;
  readonly connectionLimits: ConnectionLimits;
  readonly access: AccessControl;
  readonly trafficLimits: TrafficLimits;
}

/** @param tokens null where access is open */
export function relayParts(
  config: RelayConfig,
  clock: Clock,
  stats: Stats,
  tokens: AccessTokens | null,
): RelayParts {
  return {
    config,
    clock,
    stats,
    connectionLimits: new ConnectionLimits(config),
    access: new AccessControl(tokens, config),
    trafficLimits: new TrafficLimits(config, clock),
  };
}
