// Which settings a running relay takes anew, and which wait for its next start.
import { RELAY_SETTINGS, type RelayConfig } from './settings/table.ts';

/** Names of settings that differ from those in force. */
export interface ReloadReport {
  /** In force from now on. */
  readonly changed: readonly string[];
  /** They stay as they were. */
  readonly needRestart: readonly string[];
}

/** Writes into `running` what of `next` a running relay takes. Both are whole and checked. */
export function takeReloadable(running: RelayConfig, next: RelayConfig): ReloadReport {
  const differing = Object.entries(RELAY_SETTINGS).filter(
    ([name]) => !isSame(running[name as keyof RelayConfig], next[name as keyof RelayConfig]),
  );
  const names = (isReloadable: boolean) =>
    differing.filter(([, row]) => row.isReloadable === isReloadable).map(([name]) => name);
  const changed = names(true);
  Object.assign(running, Object.fromEntries(changed.map((name) => [name, next[name as keyof RelayConfig]])));
  return { changed, needRestart: names(false) };
}

/** Values are texts, numbers, switches and lists of texts. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
