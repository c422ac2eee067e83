// A sender built from the engine's parts that a person has let in, and that then says and offers whatever a test wants.
import { createHash } from 'node:crypto';
import { createNodePorts } from '../../apps/cli/src/node/node-ports.ts';
import { webBulkCrypto } from '../../packages/core/src/crypto/web-bulk-crypto.ts';
import type { Bytes } from '../../packages/core/src/foundation/bytes.ts';
import { meetAnew } from '../../packages/core/src/link/meet-anew.ts';
import type { SealedConnection } from '../../packages/core/src/link/sealed-connection.ts';
import { CodeMeeting } from '../../packages/core/src/meeting/code-meeting.ts';
import { dataHeaderBytes, type Slice, writeDataHeader } from '../../packages/core/src/wire/data-record.ts';
import { encodeRecord, type Record, stampRecord } from '../../packages/core/src/wire/record.ts';

const PATIENCE_MS = 20_000;

export type Offered = {
  path: string;
  size?: number | null;
  executable?: boolean;
  kind?: 'folder' | 'link';
  target?: unknown;
};

export class HostileSender {
  /** All that the receiver has said, in every session. */
  readonly heard: Record[] = [];
  readonly code: string;
  readonly #meeting: CodeMeeting;
  readonly #access: HostileAccess;
  readonly #leave: AbortController;
  #secret: Bytes | null = null;
  #lane: SealedConnection | null = null;
  #isOver = false;
  #looked = 0;

  private constructor(code: string, meeting: CodeMeeting, access: HostileAccess, leave: AbortController) {
    [this.code, this.#meeting, this.#access, this.#leave] = [code, meeting, access, leave];
  }

  /** @param features that it says it has */
  static async wait(relayUrl: string, features: readonly string[] = []): Promise<HostileSender> {
    const leave = new AbortController();
    const access = await accessTo(relayUrl, features, leave.signal);
    const steady = { reconnectTimeoutMs: 0, onOutage: () => {} };
    const meeting = new CodeMeeting(access, { ...steady, code: undefined, words: 2, lanes: 1 });
    return new HostileSender(await meeting.allocate(0), meeting, access, leave);
  }

  /** Lets the receiver in. */
  async meet(): Promise<void> {
    await this.#meeting.awaitJoiner();
    const proof = await this.#meeting.prove();
    if (proof.type !== 'proved') throw new Error(`the receiver did not prove itself: ${proof.type}`);
    this.#secret = proof.met.transferSecret;
    this.#listen(proof.met.connection);
  }

  /** Comes back as if it had lost the session. */
  async comeBack(): Promise<void> {
    this.#lane?.terminate();
    this.#listen(await meetAnew(this.#access, 'sender', this.#secret!, PATIENCE_MS));
  }

  leave(): void {
    this.#leave.abort();
    this.#lane?.terminate();
  }

  offer(entries: readonly Offered[]): void {
    this.control({ type: 'manifest', entries });
    this.control({ type: 'manifest-end', entries: entries.length });
  }

  control(message: object): void {
    this.say('control', new TextEncoder().encode(JSON.stringify(message)));
  }

  say(kind: Parameters<typeof encodeRecord>[0], body: Uint8Array): void {
    void this.#lane!.send(encodeRecord(kind, body));
  }

  data(sequence: number, slices: Slice[], payload: Uint8Array): void {
    const record = new Uint8Array(dataHeaderBytes(slices.length) + payload.length);
    writeDataHeader(record, sequence, slices);
    record.set(payload, dataHeaderBytes(slices.length));
    stampRecord(record, 'data');
    void this.#lane!.send(record);
  }

  /** Sends a small file as the first of its session, with its digest. */
  deliver(fileIndex: number, text: string): void {
    const content = new TextEncoder().encode(text);
    this.data(0, [{ fileIndex, offset: 0, length: content.length }], content);
    const chunk = createHash('sha256').update(content).digest();
    const size = Buffer.alloc(8);
    size.writeUInt32BE(content.length, 4);
    const digest = createHash('sha256').update(chunk).update(size).digest();
    const index = Buffer.alloc(4);
    index.writeUInt32BE(fileIndex);
    this.say('digests', new Uint8Array(Buffer.concat([index, size, digest])));
  }

  /** A message of one of those types that wasn't looked at yet; null when the connection ends without one. */
  async hears(...types: string[]): Promise<{ [field: string]: unknown } | null> {
    const isIt = (record: Record) => record.kind === 'control' && types.includes(messageOf(record).type);
    const record = await this.#next(isIt);
    return record === null ? null : messageOf(record);
  }

  /** A record of that kind that wasn't looked at yet; null as above. */
  hearsRecord(kind: Record['kind']): Promise<Record | null> {
    return this.#next((record) => record.kind === kind);
  }

  /** Everything that was heard, as bytes. */
  get allHeard(): Buffer {
    return Buffer.concat(this.heard.map(({ body }) => body));
  }

  async #next(isIt: (record: Record) => boolean): Promise<Record | null> {
    const giveUpMs = performance.now() + PATIENCE_MS;
    for (;;) {
      for (; this.#looked < this.heard.length; ) {
        const record = this.heard[this.#looked++]!;
        if (isIt(record)) return record;
      }
      if (this.#isOver) return null;
      if (performance.now() > giveUpMs)
        throw new Error(`not heard; but ${this.heard.map(({ kind }) => kind)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  #listen(lane: SealedConnection): void {
    this.#lane = lane;
    this.#isOver = false;
    void lane.receiveAll(
      (record) => void this.heard.push({ ...record, body: record.body.slice() }),
      () => {
        if (this.#lane === lane) this.#isOver = true;
      },
    );
  }
}

type HostileAccess = Awaited<ReturnType<typeof accessTo>>;

async function accessTo(relayUrl: string, features: readonly string[], signal: AbortSignal) {
  const { rendezvousAt, clock } = await createNodePorts({ caFile: undefined });
  return { rendezvous: rendezvousAt(relayUrl), clock, bulk: webBulkCrypto, features, signal };
}

function messageOf({ body }: Record): { type: string; [field: string]: unknown } {
  return JSON.parse(Buffer.from(body).toString());
}

/**
 * What can be read of a secret whose prefixes' digests may be among `heard`, raw or as text: byte after byte, by trying
 * all 256.
 */
export function readByDigests(heard: Buffer, lengths: Iterable<number>): Buffer {
  let known = Buffer.alloc(0);
  for (const length of lengths) {
    const candidates = Array.from({ length: 256 }, (_, byte) => Buffer.concat([known, Buffer.of(byte)]));
    const found = candidates.find((candidate) => {
      const digest = createHash('sha256').update(candidate.subarray(0, length)).digest();
      return (
        heard.includes(digest) ||
        ['hex', 'base64', 'base64url'].some((form) => heard.includes(digest.toString(form as 'hex')))
      );
    });
    if (found === undefined) return known;
    known = found;
  }
  return known;
}
