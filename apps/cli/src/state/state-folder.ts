// Where the notes of unfinished transfers lie, and how long they stay, chosen by the environment.
import { join } from 'node:path';
import { stateRootIfAny } from '../node/disk/state-root.ts';

const DEFAULT_KEEP_DAYS = 7;
const MOST_KEEP_DAYS = 365;
const DAY_MS = 24 * 60 * 60_000;

/** Where they lie; not made yet. Null where this user has no home, and nothing is set. */
export function stateFolder(): string | null {
  const root = stateRootIfAny();
  return root === null ? null : join(root, 'transfers');
}

/** `P2P_COPY_KEEP_DAYS` as a time, by default 7 days; 0 keeps nothing. Null when it is no number of days. */
export function keepMs(): number | null {
  const text = process.env.P2P_COPY_KEEP_DAYS;
  if (text === undefined || text === '') return DEFAULT_KEEP_DAYS * DAY_MS;
  const days = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  return days <= MOST_KEEP_DAYS ? days * DAY_MS : null;
}
