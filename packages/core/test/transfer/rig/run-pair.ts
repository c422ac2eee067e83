// Runs a sender and a receiver against each other over a relay in memory.

import type { Clock } from '../../../src/foundation/clock.ts';
import {
  type EnginePorts,
  isModestChange,
  type ReceiveOptions,
  receiveFiles,
  relayRendezvous,
  type SendOptions,
  sendFiles,
  type TransferEvent,
} from '../../../src/index.ts';
import type { SourceEntry } from '../../../src/ports/byte-source.ts';
import type { DialRelay } from '../../../src/ports/relay-socket.ts';
import { MemoryFolder } from './memory-files.ts';
import { MemoryRelay } from './memory-relay.ts';
import { zstdCodec } from './zstd-codec.ts';

/** `dial` for another way to the relay. */
type GivenContext = Partial<EnginePorts> & { dial?: DialRelay };

export interface PairOptions {
  relay?: MemoryRelay;
  /** In place of the real clock, zstd-codec and WebCrypto, at each end. */
  ports?: { sender?: GivenContext; receiver?: GivenContext };
  /** Stops a sender that would wait for another receiver once this one has failed. */
  oneReceiver?: boolean;
  send?: Partial<SendOptions>;
  receive?: Partial<ReceiveOptions>;
  /** Where the receiver's files go; parts that lie there are compared. */
  folder?: MemoryFolder;
  /** Whether the receiver's person consents to compare what lies under the offered names. Default no. */
  consents?: boolean;
  /** What the receiver waits for once it knows the code. */
  before?(): Promise<void>;
  /** Turns the sender's code into what the receiver types. */
  retype?(code: string): string;
}

export const realClock: Clock = {
  nowMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Ports of an end that meets the other one at the relay to which `dial` leads. */
export function relayPorts(dial: DialRelay, clock = realClock): EnginePorts {
  return { rendezvousAt: relayRendezvous(dial, clock), clock, loadZstd: zstdCodec };
}

function ports(relay: MemoryRelay, { dial = relay.dial, ...given }: GivenContext = {}): EnginePorts {
  return { ...relayPorts(dial, given.clock), ...given };
}

export async function runPair(entries: SourceEntry[] | Promise<SourceEntry[]>, options: PairOptions = {}) {
  const relay = options.relay ?? new MemoryRelay();
  const folder = options.folder ?? new MemoryFolder();
  const texts: string[] = [];
  const events: { sender: TransferEvent[]; receiver: TransferEvent[] } = { sender: [], receiver: [] };
  let tellCode: (code: string) => void = () => {};
  const code = new Promise<string>((resolve) => {
    tellCode = resolve;
  });
  const giveUp = new AbortController();
  const sending = sendFiles(ports(relay, options.ports?.sender), {
    relayUrl: 'http://memory',
    entries: Promise.resolve(entries),
    signal: giveUp.signal,
    reconnectTimeoutMs: 0,
    ...options.send,
    onEvent: (event) => {
      events.sender.push(event);
      if (event.type === 'code') tellCode(event.code);
      options.send?.onEvent?.(event);
    },
  });
  sending.catch(() => tellCode('none'));
  const receiving = code.then(async (told) => {
    await options.before?.();
    return receiveFiles(ports(relay, options.ports?.receiver), {
      relayUrl: 'http://memory',
      code: options.retype?.(told) ?? told,
      nameRules: { windowsNames: false, foldsCase: false },
      signal: new AbortController().signal,
      review: async ({ entries: offered }) => {
        const compareFinals = new Set(options.consents ? offered.keys() : []);
        return { accept: true, sink: folder, skip: new Set(), compareFinals };
      },
      reviewChanged: async (changed) => new Set(changed.filter(isModestChange).map(({ index }) => index)),
      onText: (text) => texts.push(text),
      reconnectTimeoutMs: 0,
      ...options.receive,
      onEvent: (event) => {
        events.receiver.push(event);
        options.receive?.onEvent?.(event);
      },
    });
  });
  if (options.oneReceiver) receiving.catch(() => giveUp.abort());
  const [sent, received] = await Promise.allSettled([sending, receiving]);
  return { sent, received, folder, texts, events };
}
