// Where the notes of unfinished transfers lie, and how long they stay: this user's own, chosen by the environment.
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';

const DEFAULT_KEEP_DAYS = 7;
const MOST_KEEP_DAYS = 365;
const DAY_MS = 24 * 60 * 60_000;

/** `P2P_COPY_STATE`, else the platform's folder for such things; not made yet. */
export function stateFolder(): string {
  const chosen = process.env.P2P_COPY_STATE;
  if (chosen !== undefined && chosen !== '') return join(resolve(chosen), 'transfers');
  const { data, log } = envPaths('p2p-copy', { suffix: '' });
  // On Linux logs go to the XDG state folder, which is the right one; elsewhere there is none for state.
  return join(process.platform === 'linux' ? log : data, 'transfers');
}

/** `P2P_COPY_KEEP_DAYS` as a time, by default 7 days; 0 keeps nothing. Null when it is no number of days. */
export function keepMs(): number | null {
  const text = process.env.P2P_COPY_KEEP_DAYS;
  if (text === undefined || text === '') return DEFAULT_KEEP_DAYS * DAY_MS;
  const days = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  return days <= MOST_KEEP_DAYS ? days * DAY_MS : null;
}
