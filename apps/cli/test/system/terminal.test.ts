// What only a terminal gets: questions, completion by Tab, a line that changes. script(1) makes the terminal.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { type CliProcess, codeOf, type RelayProcess, run, startRelayProcess } from './cli-process.ts';
import { hasScript } from './has-script.ts';
import { listTree, makeTree } from './tree.ts';

let relay: RelayProcess;
beforeAll(async () => {
  relay = await startRelayProcess();
});
afterAll(() => relay.stop());

async function offer(files: Record<string, string>) {
  const root = await scratchFolder();
  makeTree(join(root, 'd'), files);
  const set = { P2P_COPY_RELAY: relay.url };
  const sender = run(['send', join(root, 'd')], { set });
  const code = await codeOf(sender);
  const receive = (...args: string[]): CliProcess =>
    run(['receive', '--out', join(root, 'out'), ...args], { set, terminal: true });
  return { root, sender, code, receive };
}

describe.skipIf(!hasScript)('on a terminal (needs script(1))', () => {
  it('asks for the code, completes its words, shows the offer, and asks', async () => {
    const { root, sender, code, receive } = await offer({ 'f.txt': 'content', 'empty/': '' });
    const receiver = receive();
    await receiver.says(/Code: /);
    const [nameplate, first, ...rest] = code.split('-');
    // Four letters of a word are enough for Tab. It has to come alone: in a paste it would be a blank.
    receiver.type(`${nameplate}-${first!.slice(0, 4)}`);
    await receiver.says(new RegExp(`${nameplate}-${first!.slice(0, 4)}`));
    receiver.type('\t');
    await receiver.says(new RegExp(`${nameplate}-${first}`));
    receiver.type(`-${rest.join('-')}\r`);
    await receiver.says(/Accept .*\? \[y\/N/);
    expect(receiver.stdout.toString()).toMatch(
      /Offered: 1 file, 7 bytes\. Free space: .*\r\n {2}d\/\r\n {2}d\/empty\/\r\n {2}d\/f\.txt, 7 bytes\r\n/,
    );
    receiver.type('y\r');
    expect([await receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
    expect(listTree(join(root, 'out/d'))).toEqual(['empty', 'f.txt']);
  });

  it('asks again for what is no code', async () => {
    const { sender, code, receive } = await offer({ f: '1' });
    const receiver = receive();
    await receiver.says(/Code: /);
    receiver.type('nonsense\r');
    await receiver.says(/That is not a p2p-copy code\. A code is a number and words/);
    receiver.type(`${code}\r`);
    await receiver.says(/Accept/);
    receiver.type('yes\r');
    expect([await receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
  });

  it('asks which word was meant before anything is tried, and keeps what was typed', async () => {
    const { root, sender, code, receive } = await offer({ f: '1' });
    const slipped = `${code}q`;
    const receiver = receive(slipped);
    await receiver.says(/“\w+q” is not a word of drawn codes\.\r\n {2}1 {2}/);
    await receiver.says(/Did you mean one of these\? \[1\S*, t, Enter to type again\] /);
    // Enter chooses nothing.
    receiver.type('\r');
    await receiver.says(new RegExp(`Code: .*${slipped}`));
    receiver.type('\u007f\r');
    await receiver.says(/Accept/);
    receiver.type('yes\r');
    expect([await receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
    expect(listTree(join(root, 'out/d'))).toEqual(['f']);
  });

  it('takes a code of the sender’s own after a yes', async () => {
    const { root, receive } = await offer({ f: '1' });
    const set = { P2P_COPY_RELAY: relay.url };
    const sender = run(['send', '--code', '4242-xyzzy-plugh', join(root, 'd')], { set });
    await codeOf(sender);
    const receiver = receive('4242 Xyzzy Plugh');
    await receiver.says(/Has the sender chosen this code or its length: “4242-xyzzy-plugh”\? \[y\/N\] /);
    receiver.type('y\r');
    await receiver.says(/Accept/);
    receiver.type('yes\r');
    expect([await receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
  });

  it('goes to the relay of a link that is not the one set only after a yes', async () => {
    const receiver = run(['receive', 'https://relay.example/#7-guitar-ocean'], {
      set: { P2P_COPY_RELAY: relay.url },
      terminal: true,
    });
    await receiver.says(
      /The link is of another relay, “relay\.example”; P2P_COPY_RELAY is “127\.0\.0\.1:\d+”\./,
    );
    await receiver.says(/Connect to the relay of the link\? \[y\/N\] /);
    receiver.type('\r');
    expect(await receiver.exitCode).toBe(2);
  });

  it.each(['n\r', '\r', '\u0004'])('declines with %j, and tells the sender', async (answer) => {
    const { root, sender, code, receive } = await offer({ f: '1' });
    const receiver = receive(code);
    await receiver.says(/Accept/);
    receiver.type(answer);
    expect([await receiver.exitCode, await sender.exitCode]).toEqual([4, 3]);
    expect(receiver.stdout.toString()).toMatch(
      /You declined the offer\.\r\nNothing was written, and the sender was told\./,
    );
    expect(sender.stderr).toMatch(/The other side declined\.\nNothing was sent/);
    expect(listTree(root)).not.toContain('out');
  });

  it('can be left by Ctrl-C at a question', async () => {
    const { root, sender, code, receive } = await offer({ f: '1' });
    const receiver = receive(code);
    await receiver.says(/Accept/);
    receiver.type('\u0003');
    expect([await receiver.exitCode, await sender.exitCode]).toEqual([130, 3]);
    expect(listTree(root)).not.toContain('out');
  });

  it('shows a long list in part, and whole when asked', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [`f${String(i).padStart(2, '0')}`, '']),
    );
    const { code, receive } = await offer(files);
    const receiver = receive(code);
    await receiver.says(/Accept .*\? \[y\/N\/choose\/list\]/);
    const shown = receiver.stdout.toString();
    expect(shown).toContain('d/f48, 0 bytes');
    expect(shown).not.toContain('d/f49, 0 bytes');
    expect(shown).toContain('and 11 more files');
    receiver.type('l\r');
    await receiver.says(/d\/f59, 0 bytes/);
    receiver.type('n\r');
    expect(await receiver.exitCode).toBe(4);
  });

  it('says that a folder would replace a file, not how few bytes a folder has', async () => {
    const { root, sender, code, receive } = await offer({ a: 'new a' });
    makeTree(join(root, 'out'), { d: 'old' });
    const receiver = receive(code);
    await receiver.says(/Accept/);
    receiver.type('y\r');
    await receiver.says(
      /“d” is already there \(3 bytes, .* UTC\), and is no folder; a folder is offered\.[\s\S]*Replace it\?/,
    );
    receiver.type('yes\r');
    expect([await receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
    expect(readFileSync(join(root, 'out/d/a'), 'utf8')).toBe('new a');
  });

  it('asks about each file that is there', async () => {
    const { root, sender, code, receive } = await offer({ a: 'new a', b: 'new b', c: 'new c', e: 'new e' });
    makeTree(join(root, 'out/d'), { a: 'old', b: 'old', c: 'old', e: 'old' });
    const receiver = receive(code);
    await receiver.says(/Accept/);
    receiver.type('y\r');
    for (const [name, answer] of [
      ['a', 'n'],
      ['b', 'yes'],
      ['c', 'rename'],
      ['e', 'all'],
    ]) {
      await receiver.says(
        new RegExp(
          `“d/${name}” is already there \\(3 bytes, changed .* UTC\\); 5 bytes are offered\\.[^]*Replace it\\?`,
        ),
      );
      receiver.type(`${answer}\r`);
    }
    expect([await receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
    const read = (name: string) => readFileSync(join(root, 'out/d', name), 'utf8');
    expect(['a', 'b', 'c', 'c (1)', 'e'].map(read)).toEqual(['old', 'new b', 'old', 'new c', 'new e']);
  });

  it('shows progress in one line, which is gone at the end', async () => {
    const { root, code, receive } = await offer({ 'small.txt': 'x' });
    writeFileSync(join(root, 'd/big'), new Uint8Array(1));
    const receiver = receive('--yes', code);
    expect(await receiver.exitCode).toBe(0);
    expect(receiver.stdout.toString()).toMatch(/Done: 1 file, 1 byte, received and verified in “.*”\.\r\n$/);
  });
});
