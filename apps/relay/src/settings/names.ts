// What a setting is called by a flag, in the environment and in the file: all derived from its name in the table.
import type { Remarks } from './setting.ts';

export const ENVIRONMENT_PREFIX = 'P2P_COPY_RELAY_';

/** In the file: the name without the unit that its written value carries itself, `stalledTimeout` of `stalledTimeoutMs`. */
export function keyOf(name: string): string {
  return name.replace(/(Ms|Bytes)$/, '');
}

/** `--stalled-timeout`. */
export function flagOf(name: string, { flag }: Pick<Remarks, 'flag'>): string {
  return `--${flag ?? keyOf(name).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `P2P_COPY_RELAY_STALLED_TIMEOUT`. */
export function environmentNameOf(name: string, remarks: Pick<Remarks, 'flag'>): string {
  return ENVIRONMENT_PREFIX + flagOf(name, remarks).slice(2).replaceAll('-', '_').toUpperCase();
}
