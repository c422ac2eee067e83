// Another program writes into the output folder while a transfer runs: real ends, real relay, bytes on a real disk.
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { partName } from '@p2p-copy/core';
import { expect, it } from 'vitest';
import { halfway } from './halfway.ts';

function overwriteAt(path: string, offset: number): void {
  const { atime, mtime } = statSync(path);
  const descriptor = openSync(path, 'r+');
  writeSync(descriptor, Buffer.alloc(16, '!'), 0, 16, offset);
  closeSync(descriptor);
  utimesSync(path, atime, mtime);
}

it.each<[string, (part: string) => void]>([
  ['changed, with its time set back,', (part) => overwriteAt(part, 1_000_000)],
  ['cut short', (part) => truncateSync(part, 1_000_000)],
])(
  'never reports a file as verified whose part another program %s, and mends it on resume',
  async (_how, change) => {
    const transfer = await halfway();
    const { out, sender, receiver } = transfer;
    const final = join(out, 'tree', 'big.bin');
    const part = join(out, 'tree', partName('big.bin'));
    change(part);
    transfer.letPass();
    expect([await sender.exitCode, await receiver.exitCode]).toEqual([3, 4]);
    const failure = { event: 'error', code: 'part-changed' };
    expect(receiver.events.at(-1)).toMatchObject({
      ...failure,
      message: expect.stringContaining('“tree/big.bin” was not saved'),
    });
    expect(sender.events.at(-1)).toMatchObject(failure);
    expect(receiver.stderr).toContain('p2p-copy resume');
    expect(existsSync(final)).toBe(false);
    expect(existsSync(part)).toBe(true);

    transfer.letPass();
    const again = [transfer.resumeSender(), transfer.resumeReceiver()] as const;
    await transfer.expectDone(...again);
    expect(readFileSync(final).equals(readFileSync(join(transfer.source, 'big.bin')))).toBe(true);
  },
);

it('reads every file back with --verify disk, also when the transfer is resumed', async () => {
  const transfer = await halfway({ receiverArgs: ['--verify', 'disk'] });
  transfer.receiver.kill('SIGKILL');
  await transfer.receiver.exitCode;
  transfer.letPass();
  const receiver = transfer.resumeReceiver();
  await transfer.expectDone(transfer.sender, receiver);
});
