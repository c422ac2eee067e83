// Which chunks of what lies on the receiver's disk were found to differ in this transfer: each guess of the sender at one is
// answered once, whatever names and sessions it comes under. docs/PROTOCOL.md section 12.
import type { ExistingContent } from '../ports/byte-sink.ts';

/** What is noted: plain data, which an app keeps as long as the transfer can go on. */
export interface RefusedRow {
  /** As in ExistingContent. */
  identity: string;
  version: string;
  /** Chunks that differ. None where only the version is noted. */
  firstChunk: number;
  count: number;
}

/** Makes rows outlive the process, if anything does, before it resolves. */
export type NoteRefused = (rows: RefusedRow[]) => void | Promise<void>;

interface KnownContent {
  /** Null for a part, which this transfer changes. */
  version: string | null;
  /** A bit for each chunk. */
  refused: Uint8Array;
}

/** Chunks that were found to differ, over all sessions of a transfer: none is answered about twice. */
export class RefusedChunks {
  readonly #known = new Map<string, KnownContent>();
  readonly #note: NoteRefused;

  /** @param rows what earlier processes noted of this transfer */
  constructor(rows: Iterable<RefusedRow>, note: NoteRefused) {
    this.#note = note;
    for (const row of rows) this.#add(row);
  }

  /** Those that may be compared: a file that somebody changed since it was asked about is left out. All are noted. */
  async admit<T extends { content: ExistingContent }>(found: readonly T[]): Promise<T[]> {
    const rows: RefusedRow[] = [];
    const admitted = found.filter(({ content: { isFinal, identity, version } }) => {
      if (!isFinal) return true;
      const known = this.#known.get(identity);
      if (known !== undefined) return known.version === version;
      rows.push({ identity, version, firstChunk: 0, count: 0 });
      return true;
    });
    await this.note(rows);
    return admitted;
  }

  has(identity: string, chunkIndex: number): boolean {
    const refused = this.#known.get(identity)?.refused;
    return refused !== undefined && ((refused[chunkIndex >> 3] ?? 0) & (1 << (chunkIndex & 7))) !== 0;
  }

  async note(rows: RefusedRow[]): Promise<void> {
    if (rows.length === 0) return;
    for (const row of rows) this.#add(row);
    await this.#note(rows);
  }

  #add({ identity, version, firstChunk, count }: RefusedRow): void {
    let known = this.#known.get(identity);
    if (known === undefined) {
      known = { version: version === '' ? null : version, refused: new Uint8Array(0) };
      this.#known.set(identity, known);
    }
    const bytes = (firstChunk + count + 7) >> 3;
    if (bytes > known.refused.length) {
      const grown = new Uint8Array(Math.max(bytes, known.refused.length * 2));
      grown.set(known.refused);
      known.refused = grown;
    }
    for (let i = firstChunk; i < firstChunk + count; i += 1) known.refused[i >> 3]! |= 1 << (i & 7);
  }
}
