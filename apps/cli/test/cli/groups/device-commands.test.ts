// The commands among devices, in this process: what they ask and say, and what they leave as it is. No relay is reached.
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { deviceKeyOf, hexOf, OwnGroup, TransferError } from '@p2p-copy/core';
import { Command } from 'commander';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { addReceiveCommand } from '../../../src/cli/commands/receive-command.ts';
import { addSendCommand } from '../../../src/cli/commands/send-command.ts';
import { addUnpairCommand } from '../../../src/cli/group-commands/unpair-command.ts';
import { compareWords } from '../../../src/cli/groups/compare-words.ts';
import { joinGroup } from '../../../src/cli/groups/join-group.ts';
import { ForkTeller, tellAway } from '../../../src/cli/groups/tell-group.ts';
import { openStore } from '../../../src/cli/runs/kept-transfer.ts';
import type { Context } from '../../../src/cli/terminal/context.ts';
import type { Terminal } from '../../../src/cli/terminal/terminal.ts';
import { newDevice } from '../../../src/state/devices/device-file.ts';
import { DeviceStore } from '../../../src/state/devices/device-store.ts';
import { NO_TITLE } from '../../../src/state/stored-transfer.ts';
import { scratchFolder } from '../../scratch.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const seedOf = (number: number) => new Uint8Array(32).fill(number);
const [LAPTOP, PHONE] = [deviceKeyOf(seedOf(1)), deviceKeyOf(seedOf(2))];
const WISHES = { yes: true, overwrite: null, allowRisky: false, continue: null, compare: true } as const;
/** Nothing listens there. */
const NOWHERE = 'http://127.0.0.1:1';

/** A person who answers each question with the same. */
function person(answer: string | undefined) {
  const said: string[] = [];
  const json: object[] = [];
  const terminal = {
    isInteractive: answer !== undefined,
    say: (sentence: string) => void said.push(sentence),
    outputJson: (line: object) => void json.push(line),
    ask: async (question: string) => {
      said.push(question);
      return answer;
    },
  } as unknown as Terminal;
  return { said, json, terminal, signal: new AbortController().signal };
}

async function laptopWithPhone() {
  const device = newDevice(seedOf(1), 'Laptop');
  const group = await OwnGroup.found(LAPTOP, 'Laptop');
  await group.add(LAPTOP, { publicKey: PHONE.publicKey, deviceClass: 'full', name: 'Phone' });
  return { ...device, group, relay: NOWHERE };
}

async function unpair(args: string[], context: ReturnType<typeof person>): Promise<number | undefined> {
  let exitCode: number | undefined;
  const program = new Command();
  addUnpairCommand(program, context as unknown as Context, (code) => {
    exitCode = code;
  });
  await program.parseAsync(['unpair', ...args], { from: 'user' });
  return exitCode;
}

describe('unpair', () => {
  it('changes nothing where it can not forget what went on with the device', async () => {
    const folder = await scratchFolder();
    vi.stubEnv('P2P_COPY_STATE', folder);
    const device = await laptopWithPhone();
    await new DeviceStore().update(async () => device);
    vi.stubEnv('P2P_COPY_KEEP_DAYS', 'many');
    const before = readFileSync(join(folder, 'devices.json'), 'utf8');
    for (const args of [['Phone'], ['--this']])
      await expect(unpair([...args, '--yes'], person(undefined))).rejects.toThrow('P2P_COPY_KEEP_DAYS');
    expect(readFileSync(join(folder, 'devices.json'), 'utf8')).toBe(before);
  });

  it('--this asks about the key alone after a pairing that came to nothing', async () => {
    vi.stubEnv('P2P_COPY_STATE', await scratchFolder());
    await new DeviceStore().update(async () => newDevice(seedOf(1), 'Laptop'));
    const { said, ...asked } = person('y');
    expect(await unpair(['--this'], { said, ...asked })).toBe(0);
    expect(said[0]).toBe('Forget the key of this one (“Laptop”)? [y/N] ');
    expect(await new DeviceStore().read()).toBe(null);
  });
});

describe('send --to', () => {
  it('asks the relay of the devices for the certificate of a fingerprint, and no other one', async () => {
    vi.stubEnv('P2P_COPY_RELAY', '');
    const folder = await scratchFolder();
    vi.stubEnv('P2P_COPY_STATE', folder);
    let asked = 0;
    const server = createServer((socket) => {
      asked += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const device = { ...(await laptopWithPhone()), relay: `https://127.0.0.1:${port}` };
    await new DeviceStore().update(async () => device);
    const program = new Command();
    addSendCommand(program, person(undefined) as unknown as Context, () => {});
    const args = ['send', folder, '--to', 'Phone', '--relay-fingerprint', 'A'.repeat(64)];
    await expect(program.parseAsync(args, { from: 'user' })).rejects.toMatchObject({
      code: 'relay-unreachable',
    });
    expect(asked).toBe(1);
  });
});

describe('receive --stay', () => {
  it('goes on for its devices after the unfinished transfer that its person wanted first', async () => {
    vi.stubEnv('P2P_COPY_RELAY', '');
    vi.stubEnv('P2P_COPY_STATE', await scratchFolder());
    const out = await scratchFolder();
    await new DeviceStore().update(laptopWithPhone);
    const transfers = openStore();
    transfers.prepare();
    transfers.write(transfers.newId(), {
      ...{ role: 'receive', relay: NOWHERE, resume: 'A'.repeat(43), caFile: null, title: NO_TITLE },
      ...{ out, verify: 'arrival', accepted: null, code: null },
      wishes: { ...WISHES, maxUnsizedBytes: null },
      device: hexOf(PHONE.publicKey),
    });
    const asked = person('');
    const stop = new AbortController();
    const terminal = {
      ...asked.terminal,
      outputJson(line: { event: string }) {
        asked.json.push(line);
        // It is among its devices, or would be if the relay were there.
        if (line.event === 'away') stop.abort();
      },
    };
    const stopping = { attend: () => () => {}, endedBy: null, signal: stop.signal };
    const context = { ...asked, terminal, stopping, signal: stop.signal } as unknown as Context;
    let exitCode: number | undefined;
    const program = new Command();
    addReceiveCommand(program, context, (code) => {
      exitCode = code;
    });
    const args = ['receive', '--from', 'Phone', '--stay', '--json', '--out', out, '--reconnect-timeout', '0'];
    await program.parseAsync(args, { from: 'user' });
    const events = asked.json.map((line) => (line as { event: string }).event);
    expect([asked.said.some((line) => line.includes('unfinished transfer')), exitCode]).toEqual([true, 130]);
    expect(events.filter((event) => event === 'error' || event === 'away')[0]).toBe('error');
    expect(events).toContain('away');
  });
});

describe('the words', () => {
  it.each(['', undefined])('that nobody says anything about (%j) are not said to differ', async (answer) => {
    const context = { ...person(answer), stdin: process.stdin };
    const question = { words: ['a', 'b', 'c', 'd'], peer: {} as never };
    const compared = compareWords(
      question,
      { context, yes: false, expected: null, mayAsk: true },
      context.signal,
    );
    await expect(compared).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('beside its own task a command tells', () => {
  it('that the relay is away, but not with --quiet, and as JSON with --json', () => {
    const why = new TransferError('relay-unreachable');
    const { said, json, terminal } = person(undefined);
    tellAway(why, { quiet: true }, terminal);
    expect([said, json]).toEqual([[], []]);
    tellAway(why, { json: true }, terminal);
    expect([said, json]).toEqual([[], [{ event: 'away', code: 'relay-unreachable' }]]);
    tellAway(why, {}, terminal);
    expect(said).toEqual(['The relay cannot be reached at the moment. Trying on; Ctrl-C stops.']);
  });

  it('of two lists of the devices, once', async () => {
    const device = await laptopWithPhone();
    const { said, json, terminal } = person(undefined);
    const [words, lines] = [new ForkTeller({}, terminal), new ForkTeller({ json: true }, terminal)];
    words.tell(device);
    const add = (number: number) =>
      ({ ...deviceKeyOf(seedOf(number)), deviceClass: 'full', name: 'n' }) as const;
    const theirs = await device.group.chain.add(PHONE, add(3));
    await device.group.add(LAPTOP, add(4));
    device.group.take(theirs);
    for (const teller of [words, lines, words, lines]) teller.tell(device);
    expect(said).toEqual([expect.stringContaining('“Phone” has another list of your devices')]);
    expect(json).toEqual([{ event: 'fork', name: 'Phone', key: hexOf(PHONE.publicKey) }]);
  });
});

it('a process among its devices ends as a transfer does when another process learns that its device was removed', async () => {
  const store = new DeviceStore(await scratchFolder());
  const device = await laptopWithPhone();
  await store.update(async () => device);
  const { signal } = new AbortController();
  const group = await joinGroup(store, device, { trusted: async () => ({}) }, { signal });
  const leaving = group.leaving(hexOf(PHONE.publicKey));
  expect(leaving.aborted).toBe(false);
  const other = new DeviceStore(join(store.path, '..'));
  await other.update(async (kept) => {
    const phone = OwnGroup.joined(PHONE.publicKey, kept!.group!.chain, kept!.group!.present!);
    await phone.remove(PHONE, LAPTOP.publicKey);
    kept!.group!.absorb(phone);
    return kept!;
  });
  const error = await group.lost.catch((why: unknown) => why);
  group.close();
  expect(error).toBeInstanceOf(TransferError);
  expect([(error as TransferError).code, leaving.aborted]).toEqual(['not-in-group', true]);
});
