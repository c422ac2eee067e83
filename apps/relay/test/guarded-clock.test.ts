// Nothing that the relay runs by a timer can end it.
import { expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { guardedClock } from '../src/foundation/guarded-clock.ts';
import { DEFAULT_RELAY_CONFIG } from '../src/index.ts';
import { FakeClock } from './fake-clock.ts';
import { allocatedOn, pairOf, relayWith } from './running-relays.ts';

it('tells a fault instead of throwing it', () => {
  const clock = new FakeClock();
  const faults: unknown[] = [];
  const guarded = guardedClock(clock, (fault) => faults.push(fault));
  const fault = new Error('EMFILE');
  guarded.after(5, () => {
    throw fault;
  });
  const cancel = guarded.after(5, () => faults.push('cancelled'));
  cancel();
  clock.advance(5);
  expect(faults).toEqual([fault]);
});

it('heartbeats that fail are told once and counted, and pairs go on', async () => {
  const written: string[] = [];
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  const clock = new FakeClock();
  const relay = await relayWith({ logLevel: 'info' }, clock);
  const { sender, receiver } = await pairOf(relay);
  await allocatedOn(relay);
  const ping = vi.spyOn(WebSocket.prototype, 'ping').mockImplementation(() => {
    throw new Error('out of descriptors');
  });
  for (let beats = 0; beats < 2; beats++) {
    clock.advance(DEFAULT_RELAY_CONFIG.pingIntervalMs);
    for (const end of [sender, receiver]) end.socket.pong();
  }
  expect(ping).toHaveBeenCalledTimes(6);
  ping.mockRestore();
  sender.socket.send(Buffer.from('still'));
  expect((await receiver.nextBytes()).toString()).toBe('still');
  await relay.close();
  write.mockRestore();
  const lines = written
    .join('')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  expect(lines.at(-1)).toMatchObject({ msg: 'relay stopped', faults: 6 });
  expect(lines.filter(({ level }) => level >= 50)).toMatchObject([
    { msg: 'a part of the relay failed; it goes on', err: { message: 'out of descriptors' } },
  ]);
});
