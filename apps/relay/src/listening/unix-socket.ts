// Prepares the path of a unix socket: what a dead process left there is removed, anything else is not.
import { existsSync, lstatSync, type Stats, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { RelayError } from '../foundation/relay-error.ts';

/**
 * Makes way for a socket at `path`.
 * @throws RelayError `EADDRINUSE` when a process answers there, `EEXIST` when it is no socket, or the system's code
 */
export async function clearStaleSocket(path: string): Promise<void> {
  const folder = dirname(path);
  // The system says the same of a folder that may not be written to.
  if (!existsSync(folder)) {
    throw new RelayError(
      'ENOENT',
      `Can't listen on unix:${path}: there is no folder ${folder}. Make it, or choose another path.`,
    );
  }
  const found = statOf(path);
  if (found === null) return;
  if (!found.isSocket()) {
    throw new RelayError(
      'EEXIST',
      `Can't listen on unix:${path}: something that is no socket stands there. Move it away, or choose another path.`,
    );
  }
  const code = await knock(path);
  if (code === null) return;
  if (code !== 'ECONNREFUSED') {
    throw new RelayError(
      code === 'EACCES' ? 'EACCES' : 'EADDRINUSE',
      code === 'EACCES'
        ? `Can't listen on unix:${path}: this user may not use the socket that stands there.`
        : `Can't listen on unix:${path}: another program answers there. Stop it, or choose another path.`,
    );
  }
  // Only that same one: another relay may have replaced it meanwhile.
  const now = statOf(path);
  if (now !== null && now.ino === found.ino && now.dev === found.dev && now.ctimeMs === found.ctimeMs) {
    unlinkSync(path);
  }
}

function statOf(path: string): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}

/** The system's code of a connection that fails, `answered`, or null when the socket has gone. */
function knock(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (code: string | null) => {
      socket.destroy();
      resolve(code);
    };
    socket.once('connect', () => settle('answered'));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      settle(error.code === 'ENOENT' ? null : (error.code ?? 'answered')),
    );
  });
}
