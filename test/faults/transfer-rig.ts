// A transfer of a small tree between two ends in this process, over a real relay, with a fault proxy in front of one of
// them: what came of it, and whether what stands on the receiving disk is what was sent.
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type ReceiveResult,
  receive,
  type SendResult,
  send,
  TransferError,
} from '../../apps/cli/src/index.ts';
import { startRelay } from '../../apps/relay/src/index.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import type { ScheduledFault } from './fault-script.ts';
import { promisedCode } from './promised-code.ts';
import { inspectArrival, makeSentTree } from './sent-tree.ts';

/** Nothing passes any more, and nobody ends: a minute is far beyond what a healthy transfer is silent. */
const HUNG_MS = 60_000;
/** The same where a fault may leave both ends waiting for a message that is gone. */
const STARVED_MS = 5_000;
const LOOK_MS = 50;
const CHOSEN_SECRET = 'chosen-for-faults';

export interface TransferCase {
  proxied: 'sender' | 'receiver';
  schedule: readonly ScheduledFault[];
  /** How long both ends seek a lost connection. */
  reconnectTimeoutMs: number;
}

export interface Outcome {
  sent: PromiseSettledResult<SendResult>;
  received: PromiseSettledResult<ReceiveResult>;
  /** Faults that came to pass. */
  fired: readonly ScheduledFault[];
  /** Both ends had to be stopped, because nothing happened any more. */
  starved: boolean;
  recordings: FaultProxy['recordings'];
  out: string;
}

export interface TransferRig {
  /** Binary messages that each end sends when nothing goes wrong. */
  readonly messages: { sender: number; receiver: number };
  run(options: TransferCase): Promise<Outcome>;
  /** What is wrong with what the outcome claims or left on the disk. */
  faultsOf(outcome: Outcome): string[];
  /** Removes what it left. */
  forget(outcome: Outcome): Promise<void>;
  close(): Promise<void>;
}

export async function createTransferRig(): Promise<TransferRig> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'p2p-copy-faults-')));
  const tree = await makeSentTree(path.join(root, 'source'));
  const relay = await startRelay({
    host: '127.0.0.1',
    port: 0,
    logLevel: 'silent',
    pingIntervalMs: 1000,
    joinsPerMinutePerAddress: 1_000_000,
    maxWaitingPerAddress: 10_000,
  });
  let runs = 0;
  let recorded: readonly Uint8Array[] = [];

  async function run({ proxied, schedule, reconnectTimeoutMs }: TransferCase): Promise<Outcome> {
    const number = ++runs;
    const out = path.join(root, `out-${number}`);
    const proxy = await startFaultProxy({ relayUrl: relay.url, schedule, recorded });
    const urlOf = (end: TransferCase['proxied']) => (end === proxied ? proxy.url : relay.url);
    const stop = { sender: new AbortController(), receiver: new AbortController() };
    let hasProved = false;
    const { code, tellCode } = promisedCode();
    const sending = send({
      paths: tree.paths,
      relay: urlOf('sender'),
      // One that it draws may be taken, and the first connection then isn't the transfer's.
      code: `${1000 + number}-${CHOSEN_SECRET}`,
      reconnectTimeoutMs,
      signal: stop.sender.signal,
      onEvent(event) {
        if (event.type === 'code') tellCode(event.code);
        if (event.type === 'verifier') hasProved = true;
      },
    });
    sending.catch(() => tellCode('1-never-told'));
    const receiving = code.then((told) =>
      receive({
        code: told,
        relay: urlOf('receiver'),
        out,
        reconnectTimeoutMs,
        signal: stop.receiver.signal,
      }),
    );
    // A sender whose joiner failed to prove itself waits for the next, and nobody will come.
    receiving.catch(() => {
      if (!hasProved) stop.sender.abort();
    });

    let starved = false;
    const watch = setInterval(() => {
      const silentMs = performance.now() - proxy.lastActiveMs;
      if (silentMs < (mayStarve(proxy.fired) ? STARVED_MS : HUNG_MS)) return;
      starved = true;
      stop.sender.abort();
      stop.receiver.abort();
    }, LOOK_MS);
    const [sent, received] = await Promise.allSettled([sending, receiving]);
    clearInterval(watch);
    await proxy.close();
    return { sent, received, fired: proxy.fired, starved, recordings: proxy.recordings, out };
  }

  function faultsOf({ sent, received, fired, starved, out }: Outcome): string[] {
    const { faults, complete, files } = inspectArrival(out, tree);
    for (const [side, end] of Object.entries({ sender: sent, receiver: received })) {
      if (end.status === 'rejected') {
        if (!(end.reason instanceof TransferError))
          faults.push(`the ${side} has a bug: ${end.reason?.stack}`);
      } else if (!complete || end.value.files !== tree.content.size || end.value.failed.length > 0) {
        faults.push(`the ${side} claims success for ${files} of ${tree.content.size} files`);
      }
    }
    if (starved && !mayStarve(fired)) faults.push('both ends hang');
    return faults;
  }

  async function close(): Promise<void> {
    await relay.close();
    await rm(root, { recursive: true, force: true });
  }

  // One that goes well, to know how many messages there are and to have another session's.
  const clean = await run({ proxied: 'sender', schedule: [], reconnectTimeoutMs: 0 });
  const rig: TransferRig = {
    messages: { sender: clean.recordings[0]!.up.length, receiver: clean.recordings[0]!.down.length },
    run,
    faultsOf,
    forget: ({ out }) => rm(out, { recursive: true, force: true }),
    close,
  };
  recorded = clean.recordings[0]!.up;
  const faults = rig.faultsOf(clean);
  if (faults.length > 0 || clean.sent.status === 'rejected') {
    throw new Error(`a transfer without faults failed: ${faults}`, { cause: clean });
  }
  return rig;
}

/** The code that an end failed with; `done` when it didn't. */
export function endingOf(end: PromiseSettledResult<unknown>): string {
  return end.status === 'fulfilled' ? 'done' : (end.reason as TransferError).code;
}

/** Whether both ends may wait for ever for what a fault took from them, without anything to notice it by. */
function mayStarve(fired: readonly ScheduledFault[]): boolean {
  return fired.some(
    ({ fault: { kind, ...fault } }) =>
      kind === 'drop' ||
      kind === 'swap' ||
      kind === 'half-open' ||
      ('part' in fault && fault.part === 'header'),
  );
}
