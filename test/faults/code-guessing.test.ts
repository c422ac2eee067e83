// Someone who doesn't know the words tries them: one guess uses the code up, the sender learns of it, the relay slows who
// tries again, and whoever holds the right code is never pushed aside. Or plays the sender, to whom a receiver confirms.
import { expect, it, onTestFinished, vi } from 'vitest';
import { receive, send } from '../../apps/cli/src/index.ts';
import { createDial, endpoint } from '../../apps/cli/src/node/network/dial-relay.ts';
import { type RelayConfig, startRelay } from '../../apps/relay/src/index.ts';
import { RelayClient } from '../../apps/relay/test/relay-client.ts';
import { meet, TRICKS } from '../../packages/core/test/transfer/rig/strangers.ts';

vi.mock('../../packages/core/src/crypto/stretch-secret.ts', () => import('./cheap-stretch.ts'));

async function relayWith(config: Partial<RelayConfig> = {}) {
  const relay = await startRelay({ host: '127.0.0.1', port: 0, logLevel: 'silent', ...config });
  onTestFinished(() => relay.close());
  return relay;
}

/** Who comes too early tries again at once. */
const UNHURRIED = { joinsPerMinutePerAddress: 1_000_000, failedJoinsPerMinutePerAddress: 1_000_000 };

/** A sender of a message, and the codes that it has shown. */
function startSender(relay: string) {
  const codes: string[] = [];
  const events: string[] = [];
  const waiting: (() => void)[] = [];
  const stop = new AbortController();
  const sent = send({
    text: 'for the right one',
    relay,
    signal: stop.signal,
    onEvent(event) {
      events.push(event.type);
      if (event.type === 'code') codes.push(event.code);
      for (const look of waiting.splice(0)) look();
    },
  });
  sent.catch(() => {});
  onTestFinished(() => stop.abort());
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const shown = async (count: number) => {
    await until(() => codes.length >= count);
    return codes[count - 1]!;
  };
  return { sent, events, shown, until };
}

const withWrongWords = (code: string) => `${code.split('-')[0]}-wrong-words`;
const nameplateOf = (code: string) => code.split('-')[0]!;
const codeOf = (error: { code: string }) => error.code;

it('one guess uses the code up, and each new code has one again, and a word more', async () => {
  const relay = await relayWith();
  const { sent, events, shown } = startSender(relay.url);
  for (let guess = 1; guess <= 3; guess += 1) {
    const code = await shown(guess);
    expect(code.split('-')).toHaveLength(1 + (1 + guess));
    const out = { relay: relay.url, out: '.' };
    expect(await receive({ code: withWrongWords(code), ...out }).catch(codeOf)).toBe('wrong-code');
    await shown(guess + 1);
    // Neither the right words nor others help any more.
    expect(await receive({ code, ...out }).catch(codeOf)).toBe('unknown-code');
  }
  expect(events.filter((type) => type === 'code-burned')).toHaveLength(3);
  expect((await receive({ code: await shown(4), relay: relay.url, out: '.' })).text).toBe(
    'for the right one',
  );
  await sent;
});

it('who joins and leaves without a guess learns nothing and uses nothing up', async () => {
  const relay = await relayWith();
  const { sent, events, shown } = startSender(relay.url);
  const code = await shown(1);
  for (let visit = 0; visit < 3; visit += 1) {
    const visitor = (await RelayClient.connect(relay.url)).hello('receiver', nameplateOf(code));
    // The sender may not be back yet.
    const answer = await visitor.next();
    visitor.socket.terminate();
    if (!('text' in answer && answer.text.includes('"ready"'))) visit -= 1;
  }
  let text: string | null = null;
  while (text === null) {
    text = await receive({ code, relay: relay.url, out: '.' }).then(
      (result) => result.text,
      (error) => {
        expect(error.code).toBe('code-in-use');
        return null;
      },
    );
  }
  expect(text).toBe('for the right one');
  await sent;
  expect(events.filter((type) => type === 'left')).toHaveLength(3);
  expect(events).not.toContain('code-burned');
});

it.each(Object.entries(TRICKS))(
  'ten joiners, each of whom %s, end and burn nothing',
  async (_name, trick) => {
    const relay = await relayWith(UNHURRIED);
    const { sent, events, shown, until } = startSender(relay.url);
    const code = await shown(1);
    const dial = createDial({ endpoint, isSealed: true });
    for (let visit = 0; visit < 10; ) {
      // The sender may not be back yet.
      const stranger = await meet(dial, relay.url, 'receiver', nameplateOf(code)).catch(() => null);
      if (stranger === null) continue;
      visit += 1;
      await trick(stranger).catch(() => {});
      stranger.channel.close();
      await until(() => events.filter((type) => type === 'left').length === visit);
    }
    const receiving = async (): Promise<string | null> =>
      receive({ code, relay: relay.url, out: '.' }).then(
        ({ text }) => text,
        (error) => (error.code === 'code-in-use' ? receiving() : Promise.reject(error)),
      );
    expect(await receiving()).toBe('for the right one');
    await sent;
    expect(events).not.toContain('code-burned');
  },
);

it('who plays the sender gets three guesses at a code, over all attempts of a process', async () => {
  const relay = await relayWith(UNHURRIED);
  const dial = createDial({ endpoint, isSealed: true });
  const code = '4713-guitar-ocean';
  const endings: string[] = [];
  let confirmations = 0;
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const playing = meet(dial, relay.url, 'sender', '4713').then(async (impostor) => {
      await impostor.exchange();
      if ((await impostor.hear())[0] === 3) confirmations += 1;
      // So that it can wait under this number again.
      impostor.release();
      impostor.channel.close();
    });
    playing.catch(() => {});
    let ending: string;
    // It may not be waiting yet.
    do
      ending = await receive({ code, relay: relay.url, out: '.', reconnectTimeoutMs: 0 }).then(
        () => 'done',
        codeOf,
      );
    while (ending === 'unknown-code');
    endings.push(ending);
    if (ending !== 'code-spent') await playing;
  }
  expect(confirmations).toBe(3);
  expect(endings).toEqual([...Array(3).fill('possible-guess'), 'code-spent', 'code-spent']);
});

it('who has joined is not pushed aside by who comes later', async () => {
  const relay = await relayWith();
  const { sent, shown } = startSender(relay.url);
  const code = await shown(1);
  let intruded = 0;
  const received = receive({
    code,
    relay: relay.url,
    out: '.',
    // The honest end is at its review while the others knock.
    async accept() {
      for (let i = 0; i < 5; i += 1) {
        const intruder = (await RelayClient.connect(relay.url)).hello('receiver', nameplateOf(code));
        expect([4404, 4409]).toContain(await intruder.nextClose());
        intruded += 1;
      }
      return true;
    },
  });
  expect((await received).text).toBe('for the right one');
  expect(intruded).toBe(5);
  await sent;
});

it('guesses at many senders are slowed by the relay, and opaque keys of running transfers are not', async () => {
  const relay = await relayWith({ joinsPerMinutePerAddress: 3, failedJoinsPerMinutePerAddress: 3 });
  const senders = Array.from({ length: 5 }, () => startSender(relay.url));
  const endings: string[] = [];
  for (const { shown } of senders) {
    const code = withWrongWords(await shown(1));
    endings.push(await receive({ code, relay: relay.url, out: '.' }).catch(codeOf).then(String));
  }
  expect(endings).toEqual(['wrong-code', 'wrong-code', 'wrong-code', 'rate-limited', 'rate-limited']);
  const lane = (await RelayClient.connect(relay.url)).hello('sender', 'k'.repeat(43));
  const other = (await RelayClient.connect(relay.url)).hello('receiver', 'k'.repeat(43));
  expect([await lane.nextJson(), await other.nextJson()]).toMatchObject([
    { type: 'ready' },
    { type: 'ready' },
  ]);
});
