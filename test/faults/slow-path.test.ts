// Text over a path of 10 Mbit/s: nearly all of it goes compressed, though the sockets take it as fast as it comes.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { receive, send } from '../../apps/cli/src/index.ts';
import { startRelay } from '../../apps/relay/src/index.ts';
import { startSlowPath } from '../../bench/start-slow-path.mjs';
import { startFaultProxy } from './fault-proxy.ts';
import { promisedCode } from './promised-code.ts';

const BYTES = 4 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;

it.each(['sender', 'receiver'] as const)('compresses nearly all of it, when the %s is far', async (far) => {
  const root = await mkdtemp(path.join(tmpdir(), 'p2p-copy-slow-'));
  const relay = await startRelay({ host: '127.0.0.1', port: 0, logLevel: 'silent' });
  const slow = await startSlowPath(relay.url, ['--rate', String(10e6 / 8)]);
  const proxy = await startFaultProxy({ relayUrl: far === 'sender' ? slow.url : relay.url });
  try {
    const source = path.join(root, 'server.log');
    const content = Buffer.alloc(BYTES, 'the same line in a log, again and again\n');
    await writeFile(source, content);
    const { code, tellCode } = promisedCode();
    const sending = send({
      paths: [source],
      relay: proxy.url,
      onEvent: (event) => {
        if (event.type === 'code') tellCode(event.code);
      },
    });
    sending.catch(() => tellCode('1-never-told'));
    const out = path.join(root, 'out');
    const receiverRelay = far === 'receiver' ? slow.url : relay.url;
    await Promise.all([sending, receive({ code: await code, relay: receiverRelay, out })]);
    expect((await readFile(path.join(out, 'server.log'))).equals(content)).toBe(true);
    const sent = proxy.recordings.flatMap(({ up }) => up);
    const raw = sent.filter((message) => message.length >= CHUNK_BYTES);
    // One, on a machine that isn't busy with something else for long.
    expect(raw.length).toBeLessThanOrEqual(4);
  } finally {
    await proxy.close();
    slow.close();
    await relay.close();
    await rm(root, { recursive: true, force: true });
  }
});
