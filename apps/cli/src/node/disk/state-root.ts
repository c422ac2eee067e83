// Where this user's p2p-copy keeps what must outlive a process, chosen by the environment. Looked for when it is needed: a user of a
// container may have no home, and needs none to send a file.
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { TransferError } from '@p2p-copy/core';

/** This user's home; null where neither the environment nor the system names one. */
export function homeFolder(): string | null {
  try {
    return homedir();
  } catch {
    return null;
  }
}

/**
 * `P2P_COPY_STATE`, else the platform's folder for such things; not made yet.
 * @throws TransferError `sink-failed` where there is no home and nothing is set
 */
export function stateRoot(): string {
  const root = stateRootIfAny();
  if (root !== null) return root;
  throw new TransferError(
    'sink-failed',
    'This user has no home folder to keep anything in. Set P2P_COPY_STATE to a folder that this user may write to.',
  );
}

/** The same; null where there is no home and nothing is set. */
export function stateRootIfAny(): string | null {
  const chosen = process.env.P2P_COPY_STATE;
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  const { XDG_STATE_HOME, LOCALAPPDATA } = process.env;
  if (process.platform === 'win32') {
    const local = LOCALAPPDATA || belowHome('AppData', 'Local');
    return local === null ? null : join(local, 'p2p-copy', 'Data');
  }
  if (process.platform === 'darwin') return belowHome('Library', 'Application Support', 'p2p-copy');
  const state = XDG_STATE_HOME || belowHome('.local', 'state');
  return state === null ? null : join(state, 'p2p-copy');
}

/** Where the relay's access tokens lie: `P2P_COPY_RELAY_TOKEN_FILE`, else in the state folder. */
export function relayTokenFile(): string {
  const chosen = process.env.P2P_COPY_RELAY_TOKEN_FILE;
  return chosen !== undefined && chosen !== '' ? resolve(chosen) : join(stateRoot(), 'relay-tokens.json');
}

/** Where the relay's own certificate lies. */
export function certificateFolder(): string {
  return join(stateRoot(), 'relay-certificate');
}

function belowHome(...path: string[]): string | null {
  const home = homeFolder();
  return home === null ? null : join(home, ...path);
}
