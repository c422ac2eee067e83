// The handshake between two ends, and between one and whoever takes the other's place.
import { describe, expect, it } from 'vitest';
import { concat, utf8 } from '../../src/foundation/bytes.ts';
import { type HandshakeInputs, shakeHands } from '../../src/stream/handshake.ts';
import { socketPair } from './socket-pair.ts';

const PRS = new Uint8Array(32).fill(9);

function inputs(role: HandshakeInputs['role'], more: Partial<HandshakeInputs> = {}): HandshakeInputs {
  return { role, purpose: 'code', key: '7', prs: PRS, lanes: 4, ...more };
}

it('gives both ends one key, and the lanes that the other wants', async () => {
  const [a, b] = socketPair();
  const [sender, receiver] = await Promise.all([
    shakeHands(a, inputs('sender')),
    shakeHands(b, inputs('receiver', { lanes: 2 })),
  ]);
  expect(sender.sessionKey).toEqual(receiver.sessionKey);
  expect([sender.peerLanes, receiver.peerLanes]).toEqual([2, 4]);
});

describe.each(['sender', 'receiver'] as const)('a %s', (role) => {
  // As an end of version 2 said it.
  const VERSION_2 = '{"versions":[2],"nonce":"q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA","lanes":8}';
  const NO_COMMON_VERSION = Uint8Array.of(4, 2);

  it('tells an end of version 2 that its version is another, and learns it too', async () => {
    const [own, theirs] = socketPair();
    theirs.send(concat(Uint8Array.of(1), utf8(VERSION_2)));
    await expect(shakeHands(own, inputs(role))).rejects.toMatchObject({ code: 'peer-version' });
    // A greeting that version 2 can read, and the rejection that it knows.
    const [greeting, rejection] = own.sent;
    expect(JSON.parse(Buffer.from(greeting!.slice(1)).toString())).toMatchObject({
      versions: [3],
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      lanes: 4,
    });
    expect(rejection).toEqual(NO_COMMON_VERSION);
    expect(own.sent).toHaveLength(2);
  });

  it('hears from an end of version 2 that its version is another', async () => {
    const [own, theirs] = socketPair();
    theirs.send(NO_COMMON_VERSION);
    await expect(shakeHands(own, inputs(role))).rejects.toMatchObject({ code: 'peer-version' });
  });
});
