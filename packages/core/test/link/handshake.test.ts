// The handshake between two ends, and between one and whoever takes the other's place.
import { describe, expect, it } from 'vitest';
import { shareCommitment } from '../../src/crypto/commitment.ts';
import { concat, randomBytes, utf8 } from '../../src/foundation/bytes.ts';
import type { TransferError } from '../../src/foundation/errors.ts';
import { type HandshakeInputs, shakeHands } from '../../src/link/handshake.ts';
import { Side } from '../meeting/grinding-relay.ts';
import { channelPair, type PairedChannel } from './channel-pair.ts';

const PRS = new Uint8Array(32).fill(9);

function inputs(role: HandshakeInputs['role'], more: Partial<HandshakeInputs> = {}): HandshakeInputs {
  return { role, purpose: 'code', key: '7', prs: PRS, lanes: 4, ...more };
}

it('gives both ends one key, and the lanes that the other wants', async () => {
  const [a, b] = channelPair();
  const [sender, receiver] = await Promise.all([
    shakeHands(a, inputs('sender')),
    shakeHands(b, inputs('receiver', { lanes: 2 })),
  ]);
  expect(sender.sessionKey).toEqual(receiver.sessionKey);
  expect([sender.peerLanes, receiver.peerLanes]).toEqual([2, 4]);
});

it('gives both ends the features that both have, and no others', async () => {
  const [a, b] = channelPair();
  const ends = await Promise.all([
    shakeHands(a, inputs('sender', { features: ['direct', 'share.1', 'mine'] })),
    shakeHands(b, inputs('receiver', { features: ['theirs', 'share.1', 'direct'] })),
  ]);
  expect(ends.map(({ features }) => [...features].sort())).toEqual([
    ['direct', 'share.1'],
    ['direct', 'share.1'],
  ]);
});

it('has no features in common with an end of this version that says none', async () => {
  const [a, b] = channelPair();
  const ends = await Promise.all([
    shakeHands(a, inputs('sender', { features: ['direct'] })),
    shakeHands(b, inputs('receiver')),
  ]);
  expect(ends.map(({ features }) => features)).toEqual([[], []]);
});

it('lets nobody on the way take a feature out of a greeting, or put one in', async () => {
  for (const features of [['direct'], ['direct', 'share.1', 'weak'], []]) {
    const [a, b] = channelPair();
    b.onSend = (message) => {
      const greeting = message[0] === 1 ? JSON.parse(Buffer.from(message.slice(1)).toString()) : null;
      if (greeting === null) a.push(message.slice());
      else a.push(concat(Uint8Array.of(1), utf8(JSON.stringify({ ...greeting, features }))));
    };
    const own = ['direct', 'share.1'];
    const ends = await Promise.allSettled([
      shakeHands(a, inputs('sender', { features: own })).finally(() => a.close()),
      shakeHands(b, inputs('receiver', { features: own })).finally(() => b.close()),
    ]);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  }
});

describe.each(['sender', 'receiver'] as const)('a %s', (role) => {
  // As an end of version 2 said it.
  const VERSION_2 = '{"versions":[2],"nonce":"q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA","lanes":8}';
  const NO_COMMON_VERSION = Uint8Array.of(4, 2);

  it('tells an end of version 2 that its version is another, and learns it too', async () => {
    const [own, theirs] = channelPair();
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
    const [own, theirs] = channelPair();
    theirs.send(NO_COMMON_VERSION);
    await expect(shakeHands(own, inputs(role))).rejects.toMatchObject({ code: 'peer-version' });
  });
});

/** Tags of the messages that an end has sent. */
const tagsOf = (channel: PairedChannel) => channel.sent.map(([tag]) => tag);
const [GREETING, SHARE, CONFIRMATION, REJECTION, COMMITMENT] = [1, 2, 3, 4, 5];

describe.each(['code', 'lane 1'])(
  'a relay that sends back what it hears, at a meeting for %s,',
  (purpose) => {
    it.each(['sender', 'receiver'] as const)('is refused by a %s at the greeting', async (role) => {
      const [own] = channelPair();
      own.onSend = (message) => own.push(message.slice());
      await expect(shakeHands(own, inputs(role, { purpose }))).rejects.toMatchObject({
        code: 'authentication-failed',
      });
      expect(tagsOf(own)).not.toContain(CONFIRMATION);
      expect(tagsOf(own)).toEqual([GREETING]);
    });

    it.each(['sender', 'receiver'] as const)('gets no further as the other role with a %s', async (role) => {
      const [own] = channelPair();
      const otherRole = role === 'sender' ? 'receiver' : 'sender';
      own.onSend = (message) => {
        const text = Buffer.from(message).toString('latin1').replace(`"${role}"`, `"${otherRole}"`);
        // A commitment can't be answered with itself: its share isn't known yet.
        if (message[0] !== COMMITMENT) own.push(Uint8Array.from(Buffer.from(text, 'latin1')));
        // No encoding of a point: of random bytes some are one, and the test would end elsewhere.
        else own.push(concat(Uint8Array.of(SHARE!), new Uint8Array(32).fill(255)));
      };
      const shaking = shakeHands(own, inputs(role, { purpose }));
      // A receiver by code waits for a commitment, and has no share before it that could be sent back.
      if (role === 'receiver' && purpose === 'code')
        own.push(concat(Uint8Array.of(COMMITMENT!), randomBytes(32)));
      await expect(shaking).rejects.toMatchObject({ code: 'authentication-failed' });
      expect(tagsOf(own)).not.toContain(CONFIRMATION);
    });
  },
);

it('ends of one role, whom a relay has paired, refuse each other', async () => {
  for (const role of ['sender', 'receiver'] as const) {
    const [a, b] = channelPair();
    const [one, other] = await Promise.allSettled([shakeHands(a, inputs(role)), shakeHands(b, inputs(role))]);
    for (const { status, ...rest } of [one, other]) {
      expect([status, rest]).toEqual([
        'rejected',
        { reason: expect.objectContaining({ code: 'authentication-failed' }) },
      ]);
    }
  }
});

it.each([
  ['purpose', { purpose: 'code' }, { purpose: 'lane 0' }],
  ['nameplate', { key: '7' }, { key: '77' }],
  ['lane', { purpose: 'lane 1' }, { purpose: 'lane 2' }],
  ['opaque key', { purpose: 'lane 1', key: 'k'.repeat(43) }, { purpose: 'lane 1', key: 'l'.repeat(43) }],
] as const)('ends that mean another %s don’t agree', async (_what, ofSender, ofReceiver) => {
  const [a, b] = channelPair();
  const sending = shakeHands(a, inputs('sender', ofSender)).finally(() => a.close());
  const receiving = shakeHands(b, inputs('receiver', ofReceiver)).finally(() => b.close());
  const [sent, received] = await Promise.allSettled([sending, receiving]);
  expect([sent.status, received.status]).toEqual(['rejected', 'rejected']);
});

describe('where people compare words', () => {
  it('neither end shows its share before the other is bound to its own', async () => {
    const [a, b] = channelPair();
    const order: string[] = [];
    for (const [name, channel, other] of [
      ['sender', a, b],
      ['receiver', b, a],
    ] as const) {
      channel.onSend = (message) => {
        if (message[0] !== GREETING) order.push(`${name} ${message[0]}`);
        other.push(message.slice());
      };
    }
    await Promise.all([shakeHands(a, inputs('sender')), shakeHands(b, inputs('receiver'))]);
    expect(order).toEqual([
      `sender ${COMMITMENT}`,
      `receiver ${SHARE}`,
      `sender ${SHARE}`,
      `receiver ${CONFIRMATION}`,
      `sender ${CONFIRMATION}`,
    ]);
  });

  it('a receiver confirms nothing to a share that was not committed to', async () => {
    const [own, theirs] = channelPair();
    const shaking = shakeHands(own, inputs('receiver'));
    const relay = new Side(theirs, 'sender');
    await relay.greet('code', '7', PRS);
    const [committed, opened] = [relay.share(5n), relay.share(6n)];
    relay.say(COMMITMENT!, await shareCommitment(relay.sid!, committed));
    await relay.hear(SHARE!);
    relay.say(SHARE!, opened);
    await expect(shaking).rejects.toMatchObject({ code: 'authentication-failed' });
    expect(tagsOf(own)).toEqual([GREETING, SHARE]);
  });

  it('a receiver takes a share in place of a commitment from nobody', async () => {
    const [own, theirs] = channelPair();
    const shaking = shakeHands(own, inputs('receiver'));
    const relay = new Side(theirs, 'sender');
    await relay.greet('code', '7', PRS);
    relay.say(SHARE!, relay.share(5n));
    await expect(shaking).rejects.toMatchObject({ code: 'protocol-violation' });
    expect(tagsOf(own)).toEqual([GREETING]);
  });
});

// croc’s CVE-2021-31603: a weak check of the other side’s share let it choose the key.
describe('CVE-2021-31603: a share that would make the key independent of the password', () => {
  const SHARES: [string, Uint8Array<ArrayBuffer>][] = [
    ['the identity', new Uint8Array(32)],
    ['no canonical encoding', new Uint8Array(32).fill(255)],
    ['a negative field element', Uint8Array.of(1, ...new Uint8Array(31))],
  ];

  it.each(SHARES)('%s is refused by a sender, which doesn’t open its own', async (_what, share) => {
    const [own, theirs] = channelPair();
    const shaking = shakeHands(own, inputs('sender'));
    const relay = new Side(theirs, 'receiver');
    await relay.greet('code', '7', PRS);
    await relay.hear(COMMITMENT!);
    relay.say(SHARE!, share);
    await expect(shaking).rejects.toMatchObject({ code: 'authentication-failed' });
    expect(tagsOf(own)).toEqual([GREETING, COMMITMENT]);
  });

  it.each(SHARES)('%s is refused by a receiver, which confirms nothing', async (_what, share) => {
    const [own, theirs] = channelPair();
    const shaking = shakeHands(own, inputs('receiver'));
    const relay = new Side(theirs, 'sender');
    await relay.greet('code', '7', PRS);
    relay.say(COMMITMENT!, await shareCommitment(relay.sid!, share));
    await relay.hear(SHARE!);
    relay.say(SHARE!, share);
    await expect(shaking).rejects.toMatchObject({ code: 'authentication-failed' });
    expect(tagsOf(own)).not.toContain(CONFIRMATION);
  });
});

describe('a wrong confirmation', () => {
  async function confirmWrongly(confirmation: Uint8Array) {
    const [own, theirs] = channelPair();
    const shaking = shakeHands(own, inputs('sender'));
    const relay = new Side(theirs, 'receiver');
    await relay.greet('code', '7', new Uint8Array(32));
    await relay.hear(COMMITMENT!);
    relay.say(SHARE!, relay.share(5n));
    await relay.hear(SHARE!);
    theirs.send(Uint8Array.from(confirmation));
    const error = await shaking.catch((caught: unknown) => caught);
    return { code: (error as TransferError).code, tags: tagsOf(own) };
  }
  const opened = [GREETING, COMMITMENT, SHARE];

  it('is a guess, and is told so', async () => {
    const { code, tags } = await confirmWrongly(concat(Uint8Array.of(CONFIRMATION!), new Uint8Array(64)));
    expect(code).toBe('wrong-code');
    expect(tags).toEqual([...opened, REJECTION]);
  });

  it.each([
    ['a rejection', Uint8Array.of(4, 1), 'peer-gone'],
    ['a rejection for another reason', Uint8Array.of(4, 2), 'peer-version'],
    ['a rejection for no reason', Uint8Array.of(4), 'protocol-violation'],
    ['one byte', Uint8Array.of(3), 'protocol-violation'],
    ['a confirmation that is too short', new Uint8Array(64).fill(3), 'protocol-violation'],
    ['a confirmation that is too long', new Uint8Array(66).fill(3), 'protocol-violation'],
    ['nothing', new Uint8Array(0), 'protocol-violation'],
  ])('is not %s: that is no guess', async (_what, message, expected) => {
    expect(await confirmWrongly(message)).toEqual({ code: expected, tags: opened });
  });
});
