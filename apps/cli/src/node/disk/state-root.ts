// Where this user's p2p-copy keeps what must outlive a process, chosen by the environment.
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';

/** `P2P_COPY_STATE`, else the platform's folder for such things; not made yet. */
export function stateRoot(): string {
  const chosen = process.env.P2P_COPY_STATE;
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  const { data, log } = envPaths('p2p-copy', { suffix: '' });
  // On Linux logs go to the XDG state folder, which is the right one; elsewhere there is none for state.
  return process.platform === 'linux' ? log : data;
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
