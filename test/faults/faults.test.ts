import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EFFORT_TIMEOUT_MS, forEachSeed, repeatCommand } from './effort.ts';
import type { Direction, Fault, ScheduledFault } from './fault-script.ts';
import { randomCase } from './random-schedule.ts';
import {
  createTransferRig,
  endingOf,
  type Outcome,
  type TransferCase,
  type TransferRig,
} from './transfer-rig.ts';

vi.mock('../../packages/core/src/crypto/stretch-secret.ts', () => import('./cheap-stretch.ts'));

let rig: TransferRig;
beforeAll(async () => {
  rig = await createTransferRig();
});
afterAll(() => rig?.close());

/** Records of the sender, after the handshake and the manifest: the middle of its content. */
const CONTENT_AT = 9;
/** The first record of the receiver: its `accept`. */
const ACCEPT_AT = 3;

/** A minute: far beyond what it takes to meet again here. */
const PATIENCE_MS = 60_000;
/** For an end whose other one has gone for good. */
const SHORT_RECONNECT_TIMEOUT_MS = 2_000;

const first = (direction: Direction, at: number, fault: Fault): ScheduledFault => ({
  connection: 0,
  direction,
  at,
  fault,
});

async function runCase(
  proxied: TransferCase['proxied'],
  fault: ScheduledFault,
  reconnectTimeoutMs = PATIENCE_MS,
): Promise<Outcome> {
  const outcome = await rig.run({ proxied, schedule: [fault], reconnectTimeoutMs });
  expect(outcome.fired).toEqual([fault]);
  expect(rig.faultsOf(outcome)).toEqual([]);
  return outcome;
}

const endings = ({ sent, received }: Outcome) => [endingOf(sent), endingOf(received)];

const TAMPERING: [string, Fault][] = [
  ['a flipped bit of the ciphertext', { kind: 'flip', part: 'ciphertext', at: 77, bit: 5 }],
  ['a flipped bit of the tag', { kind: 'flip', part: 'tag', at: 15, bit: 0 }],
  ['a truncated record', { kind: 'truncate', bytes: 1 }],
  ['an empty record', { kind: 'truncate', bytes: 1e6 }],
  ['a repeated record', { kind: 'repeat' }],
  ['a record of another session', { kind: 'splice', recorded: CONTENT_AT }],
  ['a handshake message of another session', { kind: 'splice', recorded: 0 }],
];
/** These are noticed by what comes next. */
const MISPLACING: [string, Fault][] = [
  ['a dropped record', { kind: 'drop' }],
  ['two swapped records', { kind: 'swap' }],
];

/** What became of the end that noticed nothing itself: it is told. */
const OTHER_END = /^authentication-failed$/;

describe.concurrent.each([...TAMPERING, ...MISPLACING])('%s', (_name, fault) => {
  it.each([
    ['of the sender’s content, before the relay', 'sender', 'up'],
    ['of the sender’s content, behind the relay', 'receiver', 'down'],
  ] as const)('%s, stops both ends', async (_where, proxied, direction) => {
    const outcome = await runCase(proxied, first(direction, CONTENT_AT, fault), SHORT_RECONNECT_TIMEOUT_MS);
    const [sender, receiver] = endings(outcome);
    expect(receiver).toBe('authentication-failed');
    expect(sender).toMatch(OTHER_END);
  });
});

describe.concurrent.each(TAMPERING)('%s', (_name, fault) => {
  it.each([
    ['of the receiver, before the relay', 'receiver', 'up'],
    ['of the receiver, behind the relay', 'sender', 'down'],
  ] as const)('%s, stops both ends', async (_where, proxied, direction) => {
    const outcome = await runCase(proxied, first(direction, ACCEPT_AT, fault), SHORT_RECONNECT_TIMEOUT_MS);
    const [sender, receiver] = endings(outcome);
    expect(sender).toBe('authentication-failed');
    expect(receiver).toMatch(OTHER_END);
  });
});

it('who notices tampering tells the other end', async () => {
  const fault: Fault = { kind: 'flip', part: 'tag', at: 3, bit: 3 };
  const outcome = await runCase('sender', first('up', CONTENT_AT, fault), SHORT_RECONNECT_TIMEOUT_MS);
  expect(endings(outcome)).toEqual(['authentication-failed', 'authentication-failed']);
});

describe.concurrent('a flipped bit in the header of a WebSocket frame', () => {
  it.each(
    [0, 1, 2, 3, 4, 5, 6, 7].flatMap((bit) => [
      [0, bit],
      [1, bit],
    ]),
  )('byte %i, bit %i, never gets through', async (at, bit) => {
    const outcome = await runCase(
      'sender',
      first('up', CONTENT_AT, { kind: 'flip', part: 'header', at: at!, bit: bit! }),
    );
    const [sender, receiver] = endings(outcome);
    if (sender === 'done') expect(receiver).toBe('done');
  });
});

const LOSSES: [string, Fault][] = [
  ['reset before a record', { kind: 'cut', where: 'before' }],
  ['reset after a record', { kind: 'cut', where: 'after' }],
  ['reset in the header of a record', { kind: 'cut', where: 1 }],
  ['reset inside a record', { kind: 'cut', where: 1000 }],
  ['ended before a record', { kind: 'close', where: 'before' }],
  ['ended after a record', { kind: 'close', where: 'after' }],
  ['ended inside a record', { kind: 'close', where: 1000 }],
  ['half-open until the relay notices', { kind: 'half-open', thenReset: true }],
];

describe.concurrent.each(LOSSES)('a connection %s', (_name, fault) => {
  it.each([
    ['of content, at the sender', 'sender', 'up', CONTENT_AT],
    ['of content, at the receiver', 'receiver', 'down', CONTENT_AT],
    ['of the manifest, at the sender', 'sender', 'up', 4],
    ['that accepts, at the receiver', 'receiver', 'up', ACCEPT_AT],
    ['with an ack, at the sender', 'sender', 'down', ACCEPT_AT + 1],
  ] as const)('%s', async (_where, proxied, direction, at) => {
    const outcome = await runCase(proxied, first(direction, at, fault));
    expect(endings(outcome)).toEqual(['done', 'done']);
  });

  it('in the handshake, is no guess: both meet again under the same code', async () => {
    for (const proxied of ['sender', 'receiver'] as const) {
      const outcome = await runCase(proxied, first('up', 1, fault));
      expect(endings(outcome)).toEqual(['done', 'done']);
    }
  });
});

it('whatever happens, nothing false is claimed or left', { timeout: EFFORT_TIMEOUT_MS }, async () => {
  const failures: string[] = [];
  await forEachSeed(async (seed) => {
    const found = randomCase(seed, rig.messages);
    const outcome = await rig.run({ ...found, reconnectTimeoutMs: SHORT_RECONNECT_TIMEOUT_MS });
    const faults = rig.faultsOf(outcome);
    const isHarmless = outcome.fired.every(
      ({ fault }) => fault.kind === 'delay' || fault.kind === 'throttle',
    );
    if (isHarmless && endings(outcome).some((ending) => ending !== 'done'))
      faults.push('it failed without a fault');
    await rig.forget(outcome);
    if (faults.length === 0) return;
    failures.push(`seed ${seed}, ends ${endings(outcome)}: ${faults.join('; ')}
  ${JSON.stringify(found.schedule)}, proxy at the ${found.proxied}
  again: ${repeatCommand(seed)}`);
    process.stderr.write(`${failures.at(-1)}\n`);
  });
  expect(failures).toEqual([]);
});
