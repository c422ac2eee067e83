// A path on which one connection carries little, since its window is small for the distance: several share the work.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterEach, expect, it } from 'vitest';
import { receive, send } from '../../apps/cli/src/index.ts';
import { startRelay } from '../../apps/relay/src/index.ts';

const PROGRAM = new URL('../../bench/slow-path.mjs', import.meta.url).pathname;

interface SlowPath {
  url: string;
  /** Connections that came, so far. */
  connections(): number;
}

const started: ChildProcessByStdio<null, Readable, null>[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill();
});

async function startSlowPath(relayUrl: string, ...options: string[]): Promise<SlowPath> {
  const child = spawn(process.execPath, [PROGRAM, '--target', new URL(relayUrl).port, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  const lines = createInterface({ input: child.stdout });
  const [port] = await once(lines, 'line');
  let connections = 0;
  lines.on('line', (line) => {
    connections = Number(line);
  });
  return { url: `http://127.0.0.1:${port}`, connections: () => connections };
}

/** Sends so many bytes with the sender behind such a path; returns the lanes that it opened. */
async function lanesFor(bytes: number, ...options: string[]): Promise<number> {
  const root = await mkdtemp(path.join(tmpdir(), 'p2p-copy-slow-'));
  const relay = await startRelay({ host: '127.0.0.1', port: 0, logLevel: 'silent' });
  try {
    const slow = await startSlowPath(relay.url, ...options);
    const source = path.join(root, 'long.bin');
    const content = randomBytes(bytes);
    await writeFile(source, content);
    let tellCode: (code: string) => void = () => {};
    const code = new Promise<string>((resolve) => {
      tellCode = resolve;
    });
    const sending = send({
      paths: [source],
      relay: slow.url,
      onEvent: (event) => {
        if (event.type === 'code') tellCode(event.code);
      },
    });
    sending.catch(() => tellCode('1-never-told'));
    const out = path.join(root, 'out');
    await Promise.all([sending, receive({ code: await code, relay: relay.url, out })]);
    expect((await readFile(path.join(out, 'long.bin'))).equals(content)).toBe(true);
    return slow.connections();
  } finally {
    await relay.close();
    await rm(root, { recursive: true, force: true });
  }
}

it('takes several lanes where one carries little', async () => {
  expect(await lanesFor(40e6, '--delay', '50', '--window', '262144')).toBeGreaterThanOrEqual(4);
});

it('takes one for what is soon done', async () => {
  expect(await lanesFor(1e6, '--delay', '50', '--window', '262144')).toBe(1);
});
