// What a sender in a terminal tells the other person works there: link, command and the line that needs nothing installed.
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { receive } from '../../src/index.ts';
import { scratchFolder } from '../scratch.ts';
import { type CliProcess, codeOf, finished, run } from './cli-process.ts';

const OUTER = Object.values(networkInterfaces())
  .flatMap((found) => found ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

const CONTENT = 'the same words again\n'.repeat(20_000);

interface Stage {
  root: string;
  set: Record<string, string>;
  /** By http of this machine. */
  local: string;
  /** By https at this machine's address in its network. */
  outer: string;
  fingerprint: string;
}

async function ownRelay(...args: string[]): Promise<Stage> {
  const root = await scratchFolder();
  const set = { P2P_COPY_STATE: join(root, 'relay-state') };
  const relay = run(['relay', '--port', '0', ...args], { set });
  const [, port] = await relay.says(/On this device: \S+:(\d+)/);
  const [, fingerprint] = await relay.says(/--relay-fingerprint ([\dA-F]{64})/);
  writeFileSync(join(root, 'words.txt'), CONTENT);
  return {
    root,
    set: { P2P_COPY_STATE: join(root, 'state') },
    local: `http://localhost:${port}`,
    outer: `https://${OUTER}:${port}`,
    fingerprint: fingerprint!,
  };
}

async function printedBy(sender: CliProcess) {
  const [, link] = await sender.says(/^Link: (\S+)$/m);
  await sender.says(/Waiting for the other side/);
  return { link: link!, text: sender.stderr };
}

it.skipIf(OUTER === undefined)(
  'at localhost, with the relay’s own certificate: link, command and curl line are for other devices',
  async () => {
    const { root, set, local, outer, fingerprint } = await ownRelay();
    const sender = run(['send', join(root, 'words.txt'), '--relay', local], { set });
    const { link, text } = await printedBy(sender);
    const [, code] = /^Code: (\S+)$/m.exec(text)!;
    expect(link).toBe(`${outer}/?relay-fingerprint=${fingerprint}#${code}`);
    expect(text).toContain(`  p2p-copy receive --relay ${outer} --relay-fingerprint ${fingerprint}\n`);
    expect(text).not.toContain('localhost');
    const line = /^ {2}(curl .*)$/m.exec(text)![1]!;
    const there = join(root, 'there');
    mkdirSync(there);
    const env = { PATH: process.env.PATH, HOME: there, P2P_COPY_STATE: join(there, 'state') };
    await promisify(execFile)('sh', ['-c', `${line} --yes --out out`], { cwd: there, env });
    expect(readFileSync(join(there, 'out/words.txt'), 'utf8')).toBe(CONTENT);
    expect(await sender.exitCode).toBe(0);
  },
);

it.skipIf(OUTER === undefined)(
  'the link alone holds the relay to its certificate, also when it is typed at the prompt',
  async () => {
    const { root, set, outer, fingerprint } = await ownRelay();
    const trust = ['--relay', outer, '--relay-fingerprint', fingerprint];
    const sender = run(['send', join(root, 'words.txt'), ...trust], { set });
    const { link } = await printedBy(sender);
    const out = join(root, 'out');
    // Another certificate than that of the link is refused, and the code stays.
    const wrong = link.replace(/relay-fingerprint=../, 'relay-fingerprint=00');
    const refused = await finished(['receive', wrong, '--yes', '--out', out], { set });
    expect(refused.stderr).toContain('another certificate than that of --relay-fingerprint or of the link');
    const cut = link.replace(/(relay-fingerprint=.{60}).{4}/, '$1');
    const incomplete = await finished(['receive', cut, '--yes', '--out', out], { set });
    expect(incomplete.stderr).toContain('is not whole');
    // Without it nobody vouches for the certificate.
    const bare = link.replace(/\?[^#]*/, '');
    const fresh = { P2P_COPY_STATE: join(root, 'fresh') };
    const untrusted = await finished(['receive', bare, '--yes', '--out', out], { set: fresh });
    expect(untrusted.stderr).toContain('certificate is not trusted');
    expect(untrusted.stderr).toContain('--relay-fingerprint');
    const receiver = run(['receive', '--out', out], { set: fresh, terminal: true });
    await receiver.says(/Code: /);
    receiver.type(`${link}\n`);
    await receiver.says(/Accept .*\?/);
    receiver.type('y\n');
    expect([await receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
    expect(readFileSync(join(out, 'words.txt'), 'utf8')).toBe(CONTENT);
  },
);

it.skipIf(OUTER === undefined)('the library’s receive takes the fingerprint of a link too', async () => {
  const { root, set, outer, fingerprint } = await ownRelay();
  const trust = ['--relay', outer, '--relay-fingerprint', fingerprint];
  const sender = run(['send', join(root, 'words.txt'), '--json', ...trust], { set });
  const [, link] = await sender.says(/"url":"([^"]+)"/);
  process.env.P2P_COPY_STATE = join(root, 'library-state');
  try {
    await receive({ code: link!, out: join(root, 'out') });
  } finally {
    delete process.env.P2P_COPY_STATE;
  }
  expect(await sender.exitCode).toBe(0);
});

it.skipIf(OUTER === undefined)(
  'the certificate is held to by its fingerprint, whichever name leads to the relay',
  async () => {
    const { root, set, outer, fingerprint } = await ownRelay();
    // An address of this machine that its certificate doesn't name.
    const trust = ['--relay', `https://127.9.9.9:${new URL(outer).port}`, '--relay-fingerprint', fingerprint];
    const sender = run(['send', join(root, 'words.txt'), ...trust], { set });
    const code = await codeOf(sender);
    const out = join(root, 'out');
    const receiver = await finished(['receive', code, '--yes', '--out', out, ...trust], { set });
    expect([receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
  },
);

it.skipIf(OUTER === undefined)('by plain http from a network one reads which address to use', async () => {
  const { root, set, outer } = await ownRelay();
  const plain = outer.replace('https:', 'http:');
  for (const args of [
    ['send', join(root, 'words.txt'), '--relay', plain],
    ['receive', '7-guitar-ocean', '--yes', '--relay', plain],
  ]) {
    const { exitCode, stderr } = await finished(args, { set });
    expect(stderr).toContain(`takes https only. Use --relay ${outer}, with the --relay-fingerprint`);
    expect(exitCode).not.toBe(0);
  }
});

it('where the relay has no address for others, nothing is promised to other devices', async () => {
  const { root, set, local } = await ownRelayByHttp('--host', '127.0.0.1');
  const { link, text } = await printedBy(run(['send', join(root, 'words.txt'), '--relay', local], { set }));
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#/);
  expect(text).toContain('is this device; for another device, give --relay an address it can reach.');
  expect(text).not.toContain('curl');
});

it.skipIf(OUTER === undefined)('a relay by http alone is named by http, without a fingerprint', async () => {
  const { root, set, local } = await ownRelayByHttp('--http');
  const plain = local.replace('127.0.0.1', OUTER!);
  const { link, text } = await printedBy(run(['send', join(root, 'words.txt'), '--relay', plain], { set }));
  expect(link.startsWith(`${plain}/#`)).toBe(true);
  expect(text).toContain(`  curl -fsS ${plain}/cli.mjs -o p2p-copy.mjs && node p2p-copy.mjs receive `);
  expect(text).not.toContain('fingerprint');
});

async function ownRelayByHttp(...args: string[]) {
  const root = await scratchFolder();
  const relay = run(['relay', '--port', '0', ...args], {
    set: { P2P_COPY_STATE: join(root, 'relay-state') },
  });
  const [, port] = await relay.says(/On this device: \S+:(\d+)/);
  writeFileSync(join(root, 'words.txt'), CONTENT);
  return { root, set: { P2P_COPY_STATE: join(root, 'state') }, local: `http://127.0.0.1:${port}` };
}

it.skipIf(OUTER === undefined)(
  'resume takes the fingerprint of the relay’s certificate, in place of what was noted',
  async () => {
    const { root, set, outer, fingerprint } = await ownRelay();
    const trust = ['--relay', outer, '--relay-fingerprint', fingerprint];
    const sender = run(['send', join(root, 'words.txt'), ...trust], { set });
    const receiver = run(['receive', await codeOf(sender), ...trust, '--out', join(root, 'out')], {
      set: { P2P_COPY_STATE: join(root, 'there') },
      terminal: true,
    });
    await receiver.says(/Accept .*\? \[y\/N/);
    sender.kill('SIGKILL');
    await sender.exitCode;
    rmSync(join(set.P2P_COPY_STATE!, 'pinned-certificates'), { recursive: true });
    const wrong = await finished(['resume', '--relay-fingerprint', '00'.repeat(32)], { set });
    expect(wrong.stderr).toContain('another certificate than that of --relay-fingerprint');
    const again = run(['resume', '--relay-fingerprint', fingerprint], { set });
    await receiver.says(/which was restarted/);
    receiver.type('y\r');
    expect([await receiver.exitCode, await again.exitCode], again.stderr).toEqual([0, 0]);
  },
);
