// Asks a relay's admin address, as it is written in the settings.
import { request } from 'node:http';

/** Nothing answers there, or not as a relay does. */
export class NoAnswer extends Error {}

const TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * The body of the answer to a GET of `path`.
 * @param address `9465`, `127.0.0.1:9465`, `[::1]:9465` or `unix:PATH`
 * @throws NoAnswer
 */
export function askAdmin(address: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(new NoAnswer());
    const asked = request({ ...placeOf(address), path, timeout: TIMEOUT_MS, agent: false }, (answer) => {
      if (answer.statusCode !== 200) {
        answer.destroy();
        fail();
        return;
      }
      const pieces: Buffer[] = [];
      let bytes = 0;
      answer.on('data', (piece: Buffer) => {
        bytes += piece.length;
        if (bytes > MAX_ANSWER_BYTES) asked.destroy();
        else pieces.push(piece);
      });
      answer.on('end', () => resolve(Buffer.concat(pieces).toString('utf8')));
      answer.on('error', fail);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', fail);
    asked.on('close', fail);
    asked.end();
  });
}

/** A wildcard is where one listens, not where one goes. */
function placeOf(address: string): { socketPath: string } | { host: string; port: string } {
  if (address.startsWith('unix:')) return { socketPath: address.slice('unix:'.length) };
  const [, host = '', port = ''] = /^(?:(.*):)?(\d+)$/.exec(address) ?? [];
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return { host: ['', '*', '::', '0.0.0.0'].includes(bare) ? 'localhost' : bare, port };
}
