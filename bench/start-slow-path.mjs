// Starts bench/slow-path.mjs before a relay.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('slow-path.mjs', import.meta.url));

/** Returns its URL, how many connections have come so far, and how to end it. `options` are those of the program. */
export async function startSlowPath(relayUrl, options) {
  const child = spawn(process.execPath, [PROGRAM, '--target', new URL(relayUrl).port, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => child.kill());
  const lines = createInterface({ input: child.stdout });
  const [port] = await once(lines, 'line');
  let connections = 0;
  lines.on('line', (line) => {
    connections = Number(line);
  });
  return {
    url: `http://127.0.0.1:${port}`,
    connections: () => connections,
    close: () => child.kill(),
  };
}
