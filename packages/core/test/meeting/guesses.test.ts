// Who plays one end of a meeting by code: what counts as a guess, how many there are, and what isn't lost by it.
import { networkInterfaces } from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import type { Clock } from '../../src/foundation/clock.ts';
import { receiveFiles, type TransferEvent } from '../../src/index.ts';
import { UnansweredConfirmations } from '../../src/meeting/unanswered-confirmations.ts';
import { MAX_QUICK_WAITS, MAX_REMEMBERED_CODES, WAIT_INTERVAL_MS } from '../../src/wire/limits.ts';
import { fastClock } from '../transfer/rig/fast-clock.ts';
import { fileEntry, MemoryFolder } from '../transfer/rig/memory-files.ts';
import { MemoryRelay } from '../transfer/rig/memory-relay.ts';
import { realClock, relayPorts, runPair } from '../transfer/rig/run-pair.ts';
import { guess, meet, type Stranger, TRICKS } from '../transfer/rig/strangers.ts';

vi.mock('../../src/crypto/stretch-secret.ts', () => import('../../../../test/faults/cheap-stretch.ts'));

const FILE = [fileEntry('a', new Uint8Array(5000).fill(7))];
const DONE = { status: 'fulfilled', value: { files: 1, bytes: 5000, failed: [] } };
const failedWith = (code: string) => ({ status: 'rejected', reason: expect.objectContaining({ code }) });
const typesOf = (events: readonly TransferEvent[]) => events.map(({ type }) => type);

/** The messages of a meeting by code, counted over both ends: greetings, commitment, shares, then these. */
const [RECEIVER_CONFIRMS, SENDER_CONFIRMS] = [5, 6];
const PATIENT = { reconnectTimeoutMs: 60_000 };

let codes = 0;
/** Each test has codes of its own: what is counted is counted for the process. */
const newCode = () => `${4000 + codes++}-guitar-ocean`;

describe('a connection that is lost', () => {
  it.each([
    ['between the confirmations', RECEIVER_CONFIRMS, 'after'],
    ['with the sender’s confirmation', SENDER_CONFIRMS, 'before'],
    ['after both', SENDER_CONFIRMS, 'after'],
  ] as const)('%s is made good under the key that only the two ends have', async (_when, at, when) => {
    const relay = new MemoryRelay();
    relay.cut = (count) => (count === at ? when : null);
    const { sent, received, events, folder } = await runPair(FILE, {
      relay,
      send: PATIENT,
      receive: PATIENT,
    });
    expect([sent, received]).toEqual([DONE, DONE]);
    expect(folder.files.get('a')).toHaveLength(5000);
    // One code and one session: nobody has to type anything, and nothing begins anew.
    for (const side of [events.sender, events.receiver]) {
      expect(side).toContainEqual({ type: 'reconnected', restarted: false });
    }
    expect(typesOf(events.sender).filter((type) => type === 'code')).toHaveLength(1);
    const [ofSender, ofReceiver] = [events.sender, events.receiver].map((side) =>
      side.find(({ type }) => type === 'verifier'),
    );
    expect(ofSender).toEqual(ofReceiver);
  });

  it('with the receiver’s confirmation was a possible guess, and burns no code', async () => {
    const relay = new MemoryRelay();
    relay.cut = (count) => (count === RECEIVER_CONFIRMS ? 'before' : null);
    const { received, events } = await runPair(FILE, {
      relay,
      ports: { receiver: { clock: fastClock(40) } },
      send: { ...PATIENT, code: newCode() },
      receive: PATIENT,
      oneReceiver: true,
    });
    expect(received).toEqual(failedWith('possible-guess'));
    expect(typesOf(events.receiver)).toEqual(['joined', 'reconnecting']);
    expect(typesOf(events.sender)).toEqual(['code', 'joined', 'left']);
  });
});

describe('a relay that plays the sender', () => {
  /** Receives by that code while the relay does `trick` to whoever comes; the confirmations that it heard. */
  async function attempts(code: string, count: number, trick: (stranger: Stranger) => Promise<boolean>) {
    const endings: string[] = [];
    let confirmations = 0;
    for (let attempt = 0; attempt < count; attempt += 1) {
      const relay = new MemoryRelay();
      const playing = meet(relay.dial, 'http://memory', 'sender', code.split('-')[0]!).then(
        async (stranger) => {
          if (await trick(stranger).catch(() => false)) confirmations += 1;
          stranger.channel.terminate();
        },
      );
      playing.catch(() => {});
      const receiving = receiveFiles(relayPorts(relay.dial), {
        relayUrl: 'http://memory',
        code,
        nameRules: { windowsNames: false, foldsCase: false },
        signal: new AbortController().signal,
        reconnectTimeoutMs: 0,
        onEvent() {},
        onText() {},
        review: async () => ({ accept: true, sink: new MemoryFolder(), skip: new Set() }),
      });
      endings.push(
        await receiving.then(
          () => 'done',
          (error) => error.code,
        ),
      );
    }
    return { endings, confirmations };
  }

  const hearConfirmation = async (stranger: Stranger) => {
    await stranger.exchange();
    return (await stranger.hear())[0] === 3;
  };

  it.each([
    ['cuts', async () => {}, 'possible-guess'],
    [
      'answers with a wrong confirmation',
      async ({ channel }: Stranger) => channel.send(new Uint8Array(65).fill(3)),
      'possible-guess',
    ],
    [
      'answers with garbage',
      async ({ channel }: Stranger) => channel.send(new Uint8Array(9).fill(77)),
      'possible-guess',
    ],
    [
      'answers with a rejection',
      async ({ channel }: Stranger) => channel.send(Uint8Array.of(4, 1)),
      'wrong-code',
    ],
  ])(
    'and, once it has heard the confirmation, %s, gets three guesses and no more',
    async (_how, answer, ending) => {
      const { endings, confirmations } = await attempts(newCode(), 6, async (stranger) => {
        const heard = await hearConfirmation(stranger);
        await answer(stranger);
        return heard;
      });
      expect(confirmations).toBe(3);
      expect(endings).toEqual([ending, ending, ending, 'code-spent', 'code-spent', 'code-spent']);
    },
  );

  it('and leaves before the confirmation, has no guess, and costs none', async () => {
    const code = newCode();
    for (const trick of ['sends garbage', 'rejects at once', 'says nothing'] as const) {
      const before = await attempts(code, 4, async (stranger) => {
        await TRICKS[trick](stranger);
        return false;
      });
      expect(before.endings).not.toContain('code-spent');
      expect(before.endings).not.toContain('possible-guess');
    }
    expect((await attempts(code, 4, hearConfirmation)).confirmations).toBe(3);
  });

  it('counts each code for itself, and one that was answered anew', async () => {
    const counted = new UnansweredConfirmations();
    for (let i = 0; i < 3; i += 1) counted.count('7-a-b');
    expect(() => counted.count('7-a-b')).toThrow(expect.objectContaining({ code: 'code-spent' }));
    counted.count('8-a-b');
    counted.answered('7-a-b');
    counted.count('7-a-b');
  });

  it('doesn’t make a process remember more than it says', () => {
    const counted = new UnansweredConfirmations();
    for (let i = 0; i < 3; i += 1) counted.count('first');
    for (let i = 1; i < MAX_REMEMBERED_CODES; i += 1) counted.count(`${i}`);
    expect(() => counted.expectUsable('first')).toThrow();
    counted.count('one too many');
    counted.expectUsable('first');
  });

  it('can’t be at the place where the receiver looks for the sender afterwards', async () => {
    const relay = new MemoryRelay();
    const code = newCode();
    const nameplate = code.split('-')[0]!;
    const announced: string[] = [];
    const dial: typeof relay.dial = async (...args) => {
      const socket = await relay.dial(...args);
      const { send } = socket;
      socket.send = (message) => {
        if (typeof message === 'string') announced.push(JSON.parse(message).key);
        send.call(socket, message);
      };
      return socket;
    };
    const playing = meet(relay.dial, 'http://memory', 'sender', nameplate).then(async (stranger) => {
      await hearConfirmation(stranger);
      stranger.channel.terminate();
    });
    const events: TransferEvent[] = [];
    const receiving = receiveFiles(relayPorts(dial, fastClock(20)), {
      relayUrl: 'http://memory',
      code,
      nameRules: { windowsNames: false, foldsCase: false },
      signal: new AbortController().signal,
      onEvent: (event) => events.push(event),
      onText() {},
      review: async () => ({ accept: true, sink: new MemoryFolder(), skip: new Set() }),
    });
    await expect(receiving).rejects.toMatchObject({ code: 'possible-guess' });
    await playing;
    // The nameplate once; then an opaque key that follows from the words, which the relay doesn't have.
    expect(announced[0]).toBe(nameplate);
    expect(announced.length).toBeGreaterThan(1);
    for (const key of announced.slice(1)) expect(key).toMatch(/^[\w-]{43}$/);
    expect(typesOf(events)).toEqual(['joined', 'reconnecting']);
  });
});

describe('strangers who join a sender’s code', () => {
  /** Has `count` of them join one after the other; returns the sender's events and the times of its waits. */
  async function visit(
    count: number,
    trick: (stranger: Stranger, visit: number) => Promise<void>,
    { clock = fastClock(100), isLast = false } = {},
  ) {
    const relay = new MemoryRelay();
    const code = newCode();
    const nameplate = code.split('-')[0]!;
    const waits: number[] = [];
    let visits = 0;
    const visitNext = async () => {
      waits.push(clock.nowMs());
      if (visits === count) return;
      visits += 1;
      const stranger = await meet(relay.dial, 'http://memory', 'receiver', nameplate);
      await trick(stranger, visits).catch(() => {});
      stranger.channel.close();
    };
    // Whoever comes next comes as soon as the sender waits.
    const dial: typeof relay.dial = async (...args) => {
      const socket = await relay.dial(...args);
      const { send } = socket;
      socket.send = (message) => {
        send.call(socket, message);
        if (typeof message === 'string' && message.includes('token')) void visitNext().catch(() => {});
      };
      return socket;
    };
    const result = await runPair(FILE, {
      relay,
      ports: { sender: { dial, clock } },
      send: { code, reconnectTimeoutMs: 0 },
      receive: { reconnectTimeoutMs: 0 },
      // The first visit is before the receiver's, which comes when all strangers have left.
      retype: (told) => told,
      before: async () => {
        await visitNext();
        while (visits < count || (!isLast && waits.length <= count))
          await new Promise((resolve) => setTimeout(resolve, 1));
      },
    });
    return { ...result, visits, waits };
  }

  const harmless = Object.entries(TRICKS).filter(([name]) => !name.startsWith('has seen'));

  it.each(harmless)('a hundred, each of whom %s, burn nothing', async (_name, trick) => {
    const { sent, received, events } = await visit(100, trick);
    expect([sent, received]).toEqual([DONE, DONE]);
    const types = typesOf(events.sender);
    expect(types.filter((type) => type === 'code')).toHaveLength(1);
    expect(types.filter((type) => type === 'left')).toHaveLength(100);
    expect(types).not.toContain('code-burned');
  });

  it('don’t keep it busy: after a hundred it waits five times a second', async () => {
    const pauses: number[] = [];
    // It stands still but for what somebody waits for.
    let nowMs = 0;
    const clock: Clock = {
      nowMs: () => nowMs,
      after(delayMs, callback) {
        if (delayMs > 1000) return realClock.after(delayMs, callback);
        pauses.push(delayMs);
        return realClock.after(0, () => {
          nowMs += delayMs;
          callback();
        });
      },
    };
    await visit(MAX_QUICK_WAITS + 5, TRICKS['rejects at once'], { clock });
    expect(pauses.slice(0, 5)).toEqual(Array(5).fill(WAIT_INTERVAL_MS));
  });

  it('may make its own relay refuse it for a while: it waits, and doesn’t give the code up', async () => {
    const relay = new MemoryRelay();
    let refusals = 3;
    const dial: typeof relay.dial = async (...args) => {
      const socket = await relay.dial(...args);
      const { send } = socket;
      socket.send = (message) => {
        const isBack = typeof message === 'string' && message.includes('token');
        if (isBack && refusals-- > 0) {
          socket.receive = async () => ({ kind: 'closed', code: 4429, reason: '', allWritten: true });
        } else send.call(socket, message);
      };
      return socket;
    };
    const code = newCode();
    const { sent, received, events } = await runPair(FILE, {
      relay,
      ports: { sender: { dial, clock: fastClock(100) } },
      send: { code, reconnectTimeoutMs: 0 },
      before: async () => {
        (await meet(relay.dial, 'http://memory', 'receiver', code.split('-')[0]!)).channel.close();
        while (refusals >= 0) await new Promise((resolve) => setTimeout(resolve, 1));
      },
    });
    expect([sent, received]).toEqual([DONE, DONE]);
    expect(typesOf(events.sender).slice(0, 4)).toEqual(['code', 'joined', 'left', 'joined']);
  });

  it('and leave once they have seen its share may do so 19 times', async () => {
    const tricks = Object.entries(TRICKS).flatMap(([name, trick]) =>
      name.startsWith('has seen') ? [trick] : [],
    );
    const { sent, received } = await visit(19, (stranger, count) => tricks[count % tricks.length]!(stranger));
    expect([sent, received]).toEqual([DONE, DONE]);
  });

  it('and leave once they have seen its share end it at the 20th, and the code is no longer offered', async () => {
    const { sent, visits, events } = await visit(20, TRICKS['has seen the share, and leaves'], {
      isLast: true,
    });
    expect(sent).toEqual(failedWith('code-disturbed'));
    expect(visits).toBe(20);
    expect(typesOf(events.sender)).not.toContain('code-burned');
  });

  it('with another version are told apart, and the code goes on', async () => {
    const { sent, events } = await visit(1, async ({ channel }) => {
      const greeting = `{"versions":[2],"nonce":"${'A'.repeat(43)}","lanes":8}`;
      channel.send(Uint8Array.from([1, ...Buffer.from(greeting)]));
    });
    expect(sent).toEqual(DONE);
    expect(events.sender).toContainEqual({ type: 'left', code: 'peer-version' });
  });
});

it('each wrong guess at a drawn code makes the next one a word longer', async () => {
  const relay = new MemoryRelay();
  const lengths: number[] = [];
  const stop = new AbortController();
  const { sent } = await runPair(FILE, {
    relay,
    oneReceiver: false,
    send: {
      reconnectTimeoutMs: 0,
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type !== 'code') return;
        const [nameplate, ...words] = event.code.split('-');
        lengths.push(words.length);
        void meet(relay.dial, 'http://memory', 'receiver', nameplate!).then(guess, () => {});
      },
    },
    retype: () => '1-never-joined',
  });
  expect(sent).toEqual(failedWith('wrong-code'));
  expect(lengths).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

/** A relay in memory, and all that passes it, in clear or sealed. */
function tappedRelay() {
  const relay = new MemoryRelay();
  const seen: (string | Buffer)[] = [];
  const dial: typeof relay.dial = async (...args) => {
    const socket = await relay.dial(...args);
    const { send } = socket;
    socket.send = (message) => {
      seen.push(typeof message === 'string' ? message : Buffer.from(message));
      send.call(socket, message);
    };
    return socket;
  };
  const ports = { sender: { dial }, receiver: { dial } };
  return { relay, ports, seen, all: () => Buffer.concat(seen.map((message) => Buffer.from(message))) };
}

// croc’s CVE-2023-43617: the secret of a code that a person chose reached the relay.
it('CVE-2023-43617: nothing that passes the relay tells the secret of a code, or what it is stretched to', async () => {
  const { relay, ports, seen, all } = tappedRelay();
  const { stretchSecret } = await import('../../src/crypto/stretch-secret.ts');
  const code = `${newCode().split('-')[0]}-my-own-secret`;
  const { sent, received } = await runPair(FILE, { relay, ports, send: { code, reconnectTimeoutMs: 0 } });
  expect([sent, received]).toEqual([DONE, DONE]);
  expect(seen.length).toBeGreaterThan(15);
  const prs = Buffer.from(await stretchSecret('my-own-secret'));
  const told = [
    'my-own-secret',
    'my-own',
    'secret',
    prs,
    prs.toString('hex'),
    prs.toString('base64url'),
  ].filter((secret) => all().includes(secret));
  expect(told).toEqual([]);
});

// croc’s CVE-2023-43618: an end told its addresses in clear.
it('CVE-2023-43618: what passes the relay in clear has no field for an address, and no address of this machine', async () => {
  const { relay, ports, seen, all } = tappedRelay();
  const { sent, received } = await runPair(FILE, { relay, ports });
  expect([sent, received]).toEqual([DONE, DONE]);
  const GREETING_TAG = 1;
  const inClear = seen.flatMap((message) => {
    if (typeof message === 'string') return [message];
    return message[0] === GREETING_TAG && message[1] === 0x7b ? [message.subarray(1).toString()] : [];
  });
  const fields = new Set(inClear.flatMap((json) => Object.keys(JSON.parse(json))));
  const known = [
    'drawn',
    'features',
    'key',
    'lanes',
    'nameplate',
    'nonce',
    'role',
    'token',
    'type',
    'version',
    'versions',
  ];
  expect([...fields].filter((field) => !known.includes(field))).toEqual([]);
  expect(fields).toContain('nonce');
  const addresses = Object.values(networkInterfaces()).flatMap((found) =>
    found!.map(({ address }) => address),
  );
  expect(addresses.filter((address) => all().includes(address))).toEqual([]);
});
