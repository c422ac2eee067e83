// An end that dies and is started anew: the transfer goes on without a code, and only what is missing is sent.
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { receiveFiles, sendFiles, type TransferEvent, type TransferResult } from '../../src/index.ts';
import type { DialRelay, RelaySocket } from '../../src/ports/relay-socket.ts';
import { fileEntry, MemoryFolder } from './rig/memory-files.ts';
import { MemoryRelay } from './rig/memory-relay.ts';
import { relayPorts } from './rig/run-pair.ts';

const CHUNK = 256 * 1024;
const FILES = [
  fileEntry('first', new Uint8Array(randomBytes(2 * CHUNK))),
  fileEntry('long', new Uint8Array(randomBytes(12 * CHUNK + 9))),
  fileEntry('last', new Uint8Array(randomBytes(100))),
];
const TOTAL_BYTES = FILES.reduce((sum, { sizeBytes }) => sum + sizeBytes!, 0);
const WHOLE = { files: FILES.length, bytes: TOTAL_BYTES, failed: [] };

/** A process: what it dials dies with it. */
class Life {
  readonly #sockets: RelaySocket[] = [];
  readonly #relay: MemoryRelay;
  readonly signal = new AbortController();
  readonly events: TransferEvent[] = [];
  #isDead = false;

  constructor(relay: MemoryRelay) {
    this.#relay = relay;
  }

  readonly #dial: DialRelay = async (url, signal) => {
    if (this.#isDead) return new Promise(() => {});
    const socket = await this.#relay.dial(url, signal);
    this.#sockets.push(socket);
    if (this.#isDead) socket.terminate();
    return socket;
  };

  get ports() {
    return relayPorts(this.#dial);
  }

  /** Nothing is told to anybody. */
  kill(): void {
    this.#isDead = true;
    for (const socket of this.#sockets) socket.terminate();
  }
}

class Transfer {
  readonly relay = new MemoryRelay();
  readonly folder = new MemoryFolder();
  readonly secrets: { sender?: Uint8Array<ArrayBuffer>; receiver?: Uint8Array<ArrayBuffer> } = {};
  reviews = 0;
  sentBytes = 0;

  constructor() {
    this.relay.tamper = (from, message) => {
      if (from === 'sender') this.sentBytes += message.length;
      return [message];
    };
  }

  send(life: Life, onEvent: (event: TransferEvent) => void = () => {}): Promise<TransferResult> {
    const { sender } = this.secrets;
    return sendFiles(life.ports, {
      relayUrl: 'http://memory',
      entries: Promise.resolve(FILES),
      compress: 'off',
      signal: life.signal.signal,
      ...(sender !== undefined && { transferSecret: sender }),
      onResumable: (secret) => {
        this.secrets.sender = secret;
      },
      onEvent: (event) => {
        life.events.push(event);
        onEvent(event);
      },
    });
  }

  receive(life: Life, code?: string): Promise<TransferResult> {
    return receiveFiles(life.ports, {
      relayUrl: 'http://memory',
      code: code ?? { transferSecret: this.secrets.receiver! },
      nameRules: { windowsNames: false, foldsCase: false },
      windowBytes: 3 * CHUNK,
      signal: life.signal.signal,
      onResumable: (secret) => {
        this.secrets.receiver = secret;
      },
      onEvent: (event) => life.events.push(event),
      onText: () => {},
      review: async () => {
        this.reviews += 1;
        return { accept: true, sink: this.folder, skip: new Set() };
      },
    });
  }

  async expectWhole(): Promise<void> {
    for (const entry of FILES) {
      const content = new Uint8Array(entry.sizeBytes!);
      await (await entry.open()).read(0, content);
      expect(Buffer.from(this.folder.files.get(entry.path)!).equals(content)).toBe(true);
    }
    expect(this.folder.parts.size).toBe(0);
  }
}

/** A transfer that stands at the middle of its long file. */
async function halfway() {
  const transfer = new Transfer();
  const [sender, receiver] = [new Life(transfer.relay), new Life(transfer.relay)];
  let reachMiddle = () => {};
  const middle = new Promise<void>((resolve) => {
    reachMiddle = resolve;
  });
  let goOn = () => {};
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  transfer.folder.beforeWrite = async (path, offset) => {
    if (path !== 'long' || offset < 6 * CHUNK) return;
    reachMiddle();
    await held;
  };
  let tellCode: (code: string) => void = () => {};
  const code = new Promise<string>((resolve) => {
    tellCode = resolve;
  });
  const sending = transfer.send(sender, (event) => {
    if (event.type === 'code') tellCode(event.code);
  });
  sending.catch(() => {});
  const receiving = transfer.receive(receiver, await code);
  receiving.catch(() => {});
  await middle;
  /** What the dead one's disk was about to write is lost with it. */
  const forget = () => {
    transfer.folder.beforeWrite = async () => {};
  };
  return { transfer, sender, receiver, sending, receiving, goOn, forget };
}

function end(...lives: Life[]): void {
  for (const life of lives) life.signal.abort();
}

describe('a transfer goes on when', () => {
  it('the receiver is started anew', async () => {
    const { transfer, receiver, sender, sending, forget } = await halfway();
    receiver.kill();
    forget();
    const before = transfer.sentBytes;
    const again = new Life(transfer.relay);
    const [sent, received] = await Promise.all([sending, transfer.receive(again)]);
    expect([sent, received]).toEqual([WHOLE, WHOLE]);
    await transfer.expectWhole();
    expect(sender.events).toContainEqual({ type: 'reconnected', restarted: true });
    // Two chunks were under way; the first half isn't sent again.
    expect(transfer.sentBytes - before).toBeLessThan(10 * CHUNK);
    end(receiver);
  });

  it('the sender is started anew, and nobody is asked again', async () => {
    const { transfer, receiver, sender, receiving, goOn, forget } = await halfway();
    sender.kill();
    forget();
    goOn();
    const again = new Life(transfer.relay);
    const before = transfer.sentBytes;
    const [sent, received] = await Promise.all([transfer.send(again), receiving]);
    expect([sent, received]).toEqual([WHOLE, WHOLE]);
    await transfer.expectWhole();
    expect(transfer.reviews).toBe(1);
    expect(receiver.events).toContainEqual({ type: 'reconnected', restarted: true });
    expect(transfer.sentBytes - before).toBeLessThan(10 * CHUNK);
    end(sender);
  });

  it('both are started anew, without a code', async () => {
    const { transfer, receiver, sender, forget } = await halfway();
    sender.kill();
    receiver.kill();
    forget();
    const [a, b] = [new Life(transfer.relay), new Life(transfer.relay)];
    const [sent, received] = await Promise.all([transfer.send(a), transfer.receive(b)]);
    expect([sent, received]).toEqual([WHOLE, WHOLE]);
    await transfer.expectWhole();
    end(sender, receiver);
  });

  it('an end is started anew again and again', async () => {
    const { transfer, receiver, sender, sending, forget } = await halfway();
    receiver.kill();
    // None of these lives is to get to the end: the sender would be done, and nobody there for the last one.
    transfer.folder.beforeWrite = async (path, offset) => {
      if (path === 'long' && offset >= 8 * CHUNK) await new Promise(() => {});
    };
    for (let i = 0; i < 3; i += 1) {
      const life = new Life(transfer.relay);
      const receiving = transfer.receive(life);
      receiving.catch(() => {});
      for (let turn = 0; turn < 40 * i; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      life.kill();
      end(life);
    }
    forget();
    const last = new Life(transfer.relay);
    const [sent, received] = await Promise.all([sending, transfer.receive(last)]);
    expect([sent, received]).toEqual([WHOLE, WHOLE]);
    await transfer.expectWhole();
    end(receiver, sender);
  });
});

it('a stranger who knows the pairing key but not the secret gets nothing', async () => {
  const { transfer, receiver, sender, sending, forget } = await halfway();
  receiver.kill();
  forget();
  const stranger = new Life(transfer.relay);
  const secret = transfer.secrets.receiver!;
  transfer.secrets.receiver = new Uint8Array(randomBytes(32));
  const guessing = transfer.receive(stranger);
  guessing.catch(() => {});
  transfer.secrets.receiver = secret;
  const again = new Life(transfer.relay);
  const [sent] = await Promise.all([sending, transfer.receive(again)]);
  expect(sent).toEqual(WHOLE);
  await transfer.expectWhole();
  expect(stranger.events).toEqual([]);
  end(receiver, stranger, sender);
  await expect(guessing).rejects.toMatchObject({ code: 'interrupted' });
});
