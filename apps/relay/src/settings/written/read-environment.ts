// The settings in the environment. An unknown name is an error: a mistyped limit would be no limit.
import { RelayError } from '../../foundation/relay-error.ts';
import { ENVIRONMENT_PREFIX, environmentNameOf } from '../names.ts';
import type { SettingsTable } from '../setting.ts';
import { closestTo } from './closest.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The file of settings, where no flag names it. */
export const CONFIG_VARIABLE = `${ENVIRONMENT_PREFIX}CONFIG`;

/** Names with our prefix that are read by other commands. */
const OF_CLIENTS = new Set([`${ENVIRONMENT_PREFIX}TOKEN`]);
/** Kubernetes and container links set these for a service called p2p-copy-relay. */
const OF_SERVICES =
  /^P2P_COPY_RELAY_(SERVICE_(HOST|PORT(_\w+)?)|PORT_\d+_(TCP|UDP|SCTP)(_(PORT|PROTO|ADDR))?)$/;
const SERVICE_URL = /^(tcp|udp|sctp):\/\//;

/**
 * The written values by the settings' names. An empty variable counts as none.
 * @throws RelayError `invalid-config`, naming an unknown variable
 */
export function readEnvironment(environment: Environment, table: SettingsTable): Map<string, string> {
  const names = new Map(Object.entries(table).map(([name, row]) => [environmentNameOf(name, row), name]));
  const found = new Map<string, string>();
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith(ENVIRONMENT_PREFIX) || value === undefined || value === '') continue;
    if (variable === CONFIG_VARIABLE || OF_CLIENTS.has(variable) || isOfService(variable, value)) continue;
    const name = names.get(variable);
    if (name === undefined) throw unknownVariable(variable, [...names.keys()]);
    found.set(name, value);
  }
  return found;
}

function isOfService(variable: string, value: string): boolean {
  return OF_SERVICES.test(variable) || (variable === `${ENVIRONMENT_PREFIX}PORT` && SERVICE_URL.test(value));
}

function unknownVariable(variable: string, known: readonly string[]): RelayError {
  const ownPart = (name: string) => name.slice(ENVIRONMENT_PREFIX.length);
  const closest = closestTo(ownPart(variable), known.map(ownPart));
  const hint =
    closest === null ? 'See p2p-copy relay --help-all.' : `Did you mean ${ENVIRONMENT_PREFIX}${closest}?`;
  return new RelayError(
    'invalid-config',
    `The environment variable ${variable} names no setting of the relay. ${hint}`,
  );
}
