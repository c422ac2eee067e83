// Direct paths between two terminals, each in a network namespace of its own, with the relay behind a slow line.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startRelay, startTransfer, type Transfer } from './command-in-namespace.ts';
import { reached } from './reached.ts';
import { reasonToSkip } from './reason-to-skip.ts';
import { blockedPorts, slowRelay } from './topologies.ts';

const reason = reasonToSkip();

async function expectWhole(transfer: Transfer): Promise<void> {
  expect(await transfer.exitCodes()).toEqual([0, 0]);
  expect(readFileSync(transfer.target).equals(readFileSync(transfer.source))).toBe(true);
}

describe.skipIf(reason !== null)(`direct lanes${reason === null ? '' : ` (${reason})`}`, () => {
  it('take the content, and the relay next to nothing', async () => {
    const network = await slowRelay();
    await startRelay(network);
    const transfer = await startTransfer(network, { bytes: 400_000_000 });
    await expectWhole(transfer);
    console.log(network.relayBytes(), network.direct.bytes, transfer.receiver.events.filter((e:any)=>e.event==='path'));
  });
});
