// Recorded sessions of the Python tool, and the content of their files. The fixtures' format: `generator` says how a
// file's bytes are made from its path, so that none is stored.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../fixtures/classic/', import.meta.url);

export interface RecordedFile {
  path: string;
  size: number;
  sha256: string;
  generator: 'blocks' | 'lines';
}

export interface RecordedFrame {
  from: 'sender' | 'receiver' | 'relay';
  text?: string;
  /** Base64. */
  binary?: string;
}

export interface Transcript {
  name: string;
  code: string;
  encrypt: boolean;
  compress: 'auto' | 'on' | 'off';
  resume: boolean;
  files: RecordedFile[];
  receiver_has: Record<string, string>;
  frames: RecordedFrame[];
}

export const TRANSCRIPTS: Transcript[] = readdirSync(FOLDER).map((name) =>
  JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')),
);

/** A file's content, checked against its recorded digest. */
export function contentOf({ path, size, generator, sha256 }: RecordedFile): Uint8Array<ArrayBuffer> {
  const pieces: Buffer[] = [];
  for (let i = 0, made = 0; made < size; i += 1) {
    const piece =
      generator === 'blocks'
        ? createHash('sha256').update(`${path}:${i}`).digest()
        : Buffer.from(
            `${path} line ${String(i).padStart(8, '0')} the quick brown fox jumps over the lazy dog\n`,
          );
    pieces.push(piece);
    made += piece.length;
  }
  const content = Buffer.concat(pieces).subarray(0, size);
  if (sha256Of(content) !== sha256) throw new Error(`the content of ${path} is not the recorded one`);
  return new Uint8Array(content);
}

/** What lay in the receiver's folder before: `complete`, `prefix:N`, `corrupt-prefix:N`. */
export function contentBefore(file: RecordedFile, state: string): Uint8Array<ArrayBuffer> {
  const content = contentOf(file);
  if (state === 'complete') return content;
  const [kind, length] = state.split(':');
  const prefix = content.slice(0, Number(length));
  if (kind === 'corrupt-prefix') prefix[0]! ^= 0xff;
  return prefix;
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
