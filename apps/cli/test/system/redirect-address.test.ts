// Where a relay can send the command line, by addresses and by names, in a network of its own in which some are public.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

/** A network and a mount namespace, as a user that is root only there. */
const NAMESPACE = ['-n', '-m', '-r'];
const hasNamespaces = spawnSync('unshare', [...NAMESPACE, 'ip', 'link']).status === 0;

const folder = mkdtempSync(path.join(tmpdir(), 'p2p-copy-address-'));
afterAll(() => rmSync(folder, { recursive: true }));

const HOSTS = '10.9.9.9 lan.test\n11.22.33.44 public.test\n11.22.33.45 other.test\n127.0.0.1 localhost\n';
const SETUP = `
ip link set lo up
for address in 11.22.33.44 11.22.33.45 10.9.9.9; do ip addr add $address/32 dev lo; done
mount --bind "$FOLDER/hosts" /etc/hosts
exec node --input-type=module`;

/** Two relays on every address: one sends its clients on, the other tells them apart and is full. */
const SCRIPT = `
import { once } from 'node:events';
import { send } from 'p2p-copy';
import { WebSocketServer } from 'ws';
const { FOLDER, FROM, TO } = process.env;
const [first, second] = [9000, 9001].map((port) => new WebSocketServer({ host: '0.0.0.0', port }));
await Promise.all([once(first, 'listening'), once(second, 'listening')]);
let connections = 0;
first.on('connection', (socket) => {
  socket.once('message', () => socket.send(JSON.stringify({ type: 'redirect', url: 'ws://' + TO + ':9001' })));
});
second.on('connection', (socket) => {
  connections += 1;
  socket.once('message', () => socket.close(4503));
});
const code = await send({ paths: [FOLDER + '/f'], relay: 'ws://' + FROM + ':9000' }).catch((error) => error.code);
process.stdout.write(JSON.stringify({ code, connections }));
process.exit(0);
`;

function outcomeOf(from: string, to: string): unknown {
  writeFileSync(path.join(folder, 'f'), 'x');
  writeFileSync(path.join(folder, 'hosts'), HOSTS);
  const env = {
    ...process.env,
    FOLDER: folder,
    FROM: from,
    TO: to,
    P2P_COPY_STATE: path.join(folder, 'state'),
  };
  const cwd = path.join(import.meta.dirname, '../..');
  return JSON.parse(
    execFileSync('unshare', [...NAMESPACE, 'sh', '-c', SETUP], { env, cwd, input: SCRIPT }).toString(),
  );
}

describe.skipIf(!hasNamespaces)('a relay', () => {
  it.each([
    ['11.22.33.44', '127.0.0.1'],
    ['11.22.33.44', 'localhost'],
    ['11.22.33.44', '10.9.9.9'],
    ['11.22.33.44', 'lan.test'],
    ['public.test', 'lan.test'],
    ['public.test', '[::ffff:10.9.9.9]'],
    ['lan.test', '127.0.0.1'],
  ])('at %s sends nobody to %s, to which no connection is opened', (from, to) => {
    expect(outcomeOf(from, to)).toEqual({ code: 'redirect-refused', connections: 0 });
  });

  it.each([
    ['11.22.33.44', '11.22.33.45'],
    ['public.test', 'other.test'],
    ['lan.test', 'other.test'],
    ['127.0.0.1', 'lan.test'],
  ])('at %s sends its clients to %s', (from, to) => {
    expect(outcomeOf(from, to)).toEqual({ code: 'relay-full', connections: 1 });
  });
});
