// Where every connection begins: the handshake, in time, and the keys of both directions.
import { describe, expect, it } from 'vitest';
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import type { Clock } from '../../src/foundation/clock.ts';
import { secureChannel } from '../../src/link/secure-channel.ts';
import { encodeRecord } from '../../src/wire/record.ts';
import { channelPair } from './channel-pair.ts';

const inputs = (role: 'sender' | 'receiver') =>
  ({ role, purpose: 'code', key: '4', prs: new Uint8Array(32), lanes: 1 }) as const;

/** A clock whose timers a test lets run out; `pending` are those that are set. */
function handClock() {
  const pending = new Map<() => void, number>();
  const clock: Clock = {
    nowMs: () => 0,
    after(delayMs, callback) {
      pending.set(callback, delayMs);
      return () => void pending.delete(callback);
    },
  };
  return { clock, bulk: webBulkCrypto, pending };
}

describe('a channel', () => {
  it('carries sealed records both ways once both ends hold the key, and leaves no timer', async () => {
    const [a, b] = channelPair();
    const [one, other] = [handClock(), handClock()];
    const [sender, receiver] = await Promise.all([
      secureChannel(a, inputs('sender'), one),
      secureChannel(b, inputs('receiver'), other),
    ]);
    expect(sender.sessionKey).toEqual(receiver.sessionKey);
    expect(sender.connection.sessionName).toEqual(receiver.connection.sessionName);
    await sender.connection.send(encodeRecord('control', Uint8Array.of(7)));
    expect((await receiver.connection.receiveFirst()).body).toEqual(Uint8Array.of(7));
    await receiver.connection.send(encodeRecord('control', Uint8Array.of(8)));
    expect((await sender.connection.receiveFirst()).body).toEqual(Uint8Array.of(8));
    expect(one.pending.size + other.pending.size).toBe(0);
  });

  it.each(['sender', 'receiver'] as const)(
    'on which the other end says nothing for 30 s is lost to a %s',
    async (role) => {
      const [own] = channelPair();
      const hand = handClock();
      let confirmedAny = false;
      const securing = secureChannel(own, inputs(role), hand, () => {
        confirmedAny = true;
      });
      const [[giveUp, delayMs]] = [...hand.pending] as [[() => void, number]];
      expect(delayMs).toBe(30_000);
      giveUp();
      await expect(securing).rejects.toMatchObject({ code: 'peer-gone' });
      expect(confirmedAny).toBe(false);
    },
  );

  it('is not confirmed when who hears of its shares refuses that', async () => {
    const [a, b] = channelPair();
    const refusal = new Error('no more guesses');
    const sending = secureChannel(a, inputs('sender'), handClock());
    const receiving = secureChannel(b, inputs('receiver'), handClock(), () => {
      throw refusal;
    });
    await expect(receiving).rejects.toBe(refusal);
    b.terminate();
    await expect(sending).rejects.toMatchObject({
      code: 'peer-gone',
    });
  });
});
