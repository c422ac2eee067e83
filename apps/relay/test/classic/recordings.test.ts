// Our relay between the two ends of recorded sessions of the Python tool: every message passes as it is, in its order.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { clientOf, relayWith } from '../running-relays.ts';

interface Frame {
  from: 'sender' | 'receiver' | 'relay';
  text?: string;
  /** Base64. */
  binary?: string;
}

const FOLDER = new URL('../../../../packages/core/test/fixtures/classic/', import.meta.url);
const recordings = readdirSync(FOLDER).map((name) => {
  const { frames }: { frames: Frame[] } = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));
  return [name, frames] as const;
});

it.each(recordings)('%s', async (_name, frames) => {
  const relay = await relayWith();
  const ends = { receiver: await clientOf(relay, '/'), sender: await clientOf(relay, '/') };
  for (const [i, { from, text, binary }] of frames.entries()) {
    if (from === 'relay') {
      expect(await ends.sender.next()).toEqual({ text });
      continue;
    }
    const message = text ?? Buffer.from(binary!, 'base64');
    ends[from].socket.send(message);
    // The first of each side is for the relay.
    if (i < 2) continue;
    const heard = await ends[from === 'sender' ? 'receiver' : 'sender'].next();
    if (text !== undefined) expect(heard).toEqual({ text });
    else expect('bytes' in heard && heard.bytes.equals(message as Buffer)).toBe(true);
  }
  ends.receiver.socket.close(1000);
  expect(await ends.sender.nextClose()).toBe(1000);
});
