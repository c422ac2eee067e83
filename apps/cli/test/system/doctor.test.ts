// `p2p-copy doctor` finds what would break a transfer, in the installed command and in the one file that a relay serves.
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { scratchFolder } from '../scratch.ts';
import { finished, type RunOptions, run, startRelayProcess } from './cli-process.ts';

const ALONE = fileURLToPath(new URL('../../dist/web/cli.mjs', import.meta.url));

async function examined(args: readonly string[], options: RunOptions = {}) {
  const { exitCode, stdout } = await finished(['doctor', '--json', ...args], options);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const { fine } = lines.pop();
  const found = Object.fromEntries(lines.map(({ check, ...finding }) => [check, finding]));
  return { exitCode, fine, found };
}

/** What answers like a relay whose clock is `aheadMs` ahead of this machine's. */
async function relayAhead(aheadMs: number): Promise<string> {
  const server = createServer((_request, answer) => {
    answer.setHeader('date', new Date(Date.now() + aheadMs).toUTCString());
    answer.end('{"version":"0.3.0"}');
  });
  new WebSocketServer({ server });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it.each([
  ['installed', undefined],
  ['the one file', ALONE],
])('%s: finds nothing to mend where a transfer would work, and leaves nothing behind', async (name, bin) => {
  const relay = await startRelayProcess();
  const out = await scratchFolder();
  const state = join(await scratchFolder(), 'state');
  const options = { set: { P2P_COPY_STATE: state, HTTPS_PROXY: '' }, ...(bin !== undefined && { bin }) };
  const { exitCode, fine, found } = await examined(['--relay', relay.url, '--out', out], options);
  expect([exitCode, fine]).toEqual([0, true]);
  expect(Object.keys(found)).toEqual([
    'program',
    'relay',
    'clock',
    'proxy',
    'certificates',
    'output',
    'state',
    'terminal',
  ]);
  expect(found.relay.sentence).toMatch(/reached by WebSocket; p2p-copy \d+\.\d+\.\d+\.$/);
  expect(found.program.sentence.includes('without relay, verify-site and native add-ons')).toBe(
    name !== 'installed',
  );
  expect([readdirSync(out), readdirSync(join(state, '..'))]).toEqual([[], []]);
  await relay.stop();
});

it('says what to mend: the relay, the folder to save in, the folder of notes', async () => {
  const root = await scratchFolder();
  writeFileSync(join(root, 'file'), '');
  mkdirSync(join(root, 'state'));
  chmodSync(join(root, 'state'), 0o777);
  const args = ['--relay', 'http://127.0.0.1:1', '--out', join(root, 'file')];
  const set = { P2P_COPY_STATE: join(root, 'state'), HTTPS_PROXY: 'http://proxy.example' };
  const { exitCode, fine, found } = await examined(args, { set });
  expect([exitCode, fine]).toEqual([1, false]);
  for (const check of ['relay', 'output', 'state']) {
    expect(found[check], check).toMatchObject({ result: 'mend', next: expect.stringMatching(/\w+ .*\.$/) });
  }
  expect(found.relay.sentence).toContain('nothing listens there');
  expect(found.output.sentence).toContain('is not a folder');
  expect(found.state.sentence).toContain('Others may write');
  // That relay is at plain http.
  expect(found.proxy).toMatchObject({
    result: 'ok',
    sentence: expect.stringContaining('HTTPS_PROXY is for other addresses'),
  });
  const text = await finished(['doctor', ...args], { set });
  expect(text.exitCode).toBe(1);
  expect(text.stdout).toContain('MEND  The relay at “127.0.0.1:1” cannot be reached: nothing listens there.');
});

it.each([
  [90_000, 'ok', 'agrees'],
  [-90_000, 'ok', 'agrees'],
  [10 * 60_000, 'mend', '10 minutes behind the relay’s'],
  [-600 * 60_000, 'mend', '600 minutes ahead of the relay’s'],
])('a clock that differs by %i ms is %s', async (aheadMs, result, words) => {
  const { found } = await examined(['--relay', await relayAhead(aheadMs)]);
  expect(found.clock).toMatchObject({ result, sentence: expect.stringContaining(words) });
});

it('a relay with a certificate of its own is fine by its fingerprint, and by no other', async () => {
  const set = { P2P_COPY_STATE: join(await scratchFolder(), 'state') };
  const relay = run(['relay', '--self-signed', '--host', '127.0.0.1', '--port', '0'], { set });
  const [, port] = await relay.says(/^On this device: \S+:(\d+)$/m);
  const [, fingerprint] = await relay.says(/--relay-fingerprint ([\dA-F]{64})/);
  const at = ['--relay', `https://127.0.0.1:${port}`];
  const right = await examined([...at, '--relay-fingerprint', fingerprint!], { set });
  expect(right.found.relay.result).toBe('ok');
  const wrong = await examined([...at, '--relay-fingerprint', '00'.repeat(32)], { set });
  expect(wrong.found.relay).toMatchObject({
    result: 'mend',
    sentence: expect.stringContaining('another certificate'),
  });
  expect((await examined(at, { set })).found.relay.sentence).toContain('is not trusted');
  expect(await finished(['doctor', '--relay-fingerprint', 'abc'])).toMatchObject({ exitCode: 2 });
});

it('what answers and is no relay is said to be none', async () => {
  const server = createServer((_request, answer) => answer.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { exitCode, found } = await examined(['--relay', url]);
  expect(exitCode).toBe(1);
  expect(found.relay).toMatchObject({
    result: 'mend',
    sentence: expect.stringContaining('is not a p2p-copy relay'),
  });
});
