// A sealed connection between two ends, and between an end and someone who has no key but holds the wire.
import { describe, expect, it, vi } from 'vitest';
import { utf8 } from '../../src/foundation/bytes.ts';
import { encodeRecord, type Record } from '../../src/wire/record.ts';
import { type SealedEnd, sealedPair } from './sealed-pair.ts';

/** Conditions are looked at every millisecond. */
const OFTEN = { interval: 1, timeout: 10_000 };

const record = (text: string) => encodeRecord('data', utf8(text));
const textOf = ({ body }: Record) => Buffer.from(body).toString();

/** What an end hears, until its connection ends. */
function hearing({ connection }: SealedEnd) {
  const heard: string[] = [];
  const ends: unknown[] = [];
  void connection.receiveAll(
    (taken) => void heard.push(textOf(taken)),
    (error) => ends.push(error),
  );
  return { heard, ends };
}

describe('a sealed connection', () => {
  it('carries records in the order in which they were sent, both ways at once', async () => {
    const [sender, receiver] = await sealedPair();
    const [atSender, atReceiver] = [hearing(sender), hearing(receiver)];
    const names = Array.from({ length: 40 }, (_, i) => `record ${i}`);
    await Promise.all(
      names.flatMap((name) => [
        sender.connection.send(record(name)),
        receiver.connection.send(record(`not ${name}`)),
      ]),
    );
    await vi.waitFor(() => expect(atSender.heard).toHaveLength(40), OFTEN);
    expect(atReceiver.heard).toEqual(names);
    expect(atSender.heard).toEqual(names.map((name) => `not ${name}`));
    expect(sender.connection.sessionName).toEqual(receiver.connection.sessionName);
    expect(receiver.connection.arrivals).toEqual({ count: 40, isWaiting: true });
  });

  it('shows nobody on the wire what it carries, nor that two records are equal', async () => {
    const [sender, receiver] = await sealedPair();
    hearing(receiver);
    await sender.connection.send(record('the same secret'));
    await sender.connection.send(record('the same secret'));
    const [first, second] = sender.channel.sent;
    expect(Buffer.from(first!).includes('secret')).toBe(false);
    expect(first).not.toEqual(second);
  });

  const TAMPERING: [string, (messages: Uint8Array<ArrayBuffer>[]) => Uint8Array<ArrayBuffer>[]][] = [
    ['flipped', ([a, b, c]) => [a!, b!.map((byte, i) => (i === 7 ? byte ^ 1 : byte)), c!]],
    ['cut short', ([a, b, c]) => [a!, b!.slice(0, -1), c!]],
    ['emptied', ([a, _b, c]) => [a!, new Uint8Array(0), c!]],
    ['left out', ([a, _b, c]) => [a!, c!]],
    ['repeated', ([a, b, c]) => [a!, a!, b!, c!]],
    ['swapped with the next', ([a, b, c]) => [a!, c!, b!]],
  ];

  it.each(TAMPERING)(
    'ends with an error at a record that was %s, having handed on what came before',
    async (_name, tamper) => {
      const [sender, receiver] = await sealedPair();
      const { heard, ends } = hearing(receiver);
      const held: Uint8Array<ArrayBuffer>[] = [];
      sender.channel.onSend = (message) => held.push(message);
      for (const name of ['a', 'b', 'c']) await sender.connection.send(record(name));
      for (const message of tamper(held)) receiver.channel.push(message.slice());
      await vi.waitFor(() => expect(ends).toHaveLength(1), OFTEN);
      expect(ends).toMatchObject([{ code: 'authentication-failed' }]);
      expect(heard).toEqual(['a']);
    },
  );

  it('refuses its own records, sent back', async () => {
    const [sender, receiver] = await sealedPair();
    const { heard, ends } = hearing(sender);
    sender.channel.onSend = (message) => sender.channel.push(message);
    await sender.connection.send(record('to the receiver'));
    await vi.waitFor(() => expect(ends).toHaveLength(1), OFTEN);
    expect(ends).toMatchObject([{ code: 'authentication-failed' }]);
    expect(heard).toEqual([]);
    expect(receiver.connection.arrivals.count).toBe(0);
  });

  it('refuses records of another session', async () => {
    const [sender, receiver] = await sealedPair();
    const [other] = await sealedPair(new Uint8Array(64).fill(6));
    const { ends } = hearing(receiver);
    await other.connection.send(record('for someone else'));
    receiver.channel.push(other.channel.sent[0]!.slice());
    await vi.waitFor(() => expect(ends).toHaveLength(1), OFTEN);
    expect(ends).toMatchObject([{ code: 'authentication-failed' }]);
    expect(sender.connection.sessionName).not.toEqual(other.connection.sessionName);
  });

  it('takes no further record while one is handled, and few from the wire', async () => {
    const [sender, receiver] = await sealedPair();
    const handling: (() => void)[] = [];
    void receiver.connection.receiveAll(
      () => new Promise<void>((resolve) => handling.push(resolve)),
      () => {},
    );
    for (let i = 0; i < 100; i += 1) await sender.connection.send(record(`${i}`));
    await vi.waitFor(() => expect(handling).toHaveLength(1), OFTEN);
    await turns();
    expect(handling).toHaveLength(1);
    expect(receiver.connection.arrivals.count).toBeLessThanOrEqual(8);
    expect(receiver.connection.arrivals.isWaiting).toBe(false);
    handling[0]!();
    await vi.waitFor(() => expect(handling).toHaveLength(2), OFTEN);
  });

  it('tells once what a failing handler threw, and hands nothing on after it', async () => {
    const [sender, receiver] = await sealedPair();
    const heard: string[] = [];
    const ends: unknown[] = [];
    void receiver.connection.receiveAll(
      (taken) => {
        heard.push(textOf(taken));
        if (heard.length === 2) throw new Error('enough');
      },
      (error) => ends.push(error),
    );
    for (const name of ['a', 'b', 'c', 'd']) await sender.connection.send(record(name));
    await vi.waitFor(() => expect(ends).toHaveLength(1), OFTEN);
    sender.channel.close();
    await receiver.connection.closed;
    expect(heard).toEqual(['a', 'b']);
    expect(ends).toEqual([new Error('enough')]);
  });

  it('hands on all that came before it was closed, and then says that the other end left', async () => {
    const [sender, receiver] = await sealedPair();
    const { heard, ends } = hearing(receiver);
    for (const name of ['a', 'b', 'c']) void sender.connection.send(record(name));
    await sender.connection.close();
    await receiver.connection.closed;
    expect(heard).toEqual(['a', 'b', 'c']);
    expect(ends).toMatchObject([{ code: 'peer-gone' }]);
  });

  it('gives its first record to whoever asks for it alone', async () => {
    const [sender, receiver] = await sealedPair();
    await sender.connection.send(record('first'));
    expect(textOf(await receiver.connection.receiveFirst())).toBe('first');
    await sender.connection.close();
    await expect(receiver.connection.receiveFirst()).rejects.toMatchObject({ code: 'peer-gone' });
  });
});

/** Turns of the event loop, for what must not happen in them. */
async function turns(count = 50): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
