// Control messages: JSON in control records, on lane 0. docs/PROTOCOL.md section 9.
import { decodeBase64url, encodeBase64url } from '../foundation/base64url.ts';
import { type Bytes, utf8 } from '../foundation/bytes.ts';
import { ERROR_TABLE, type ErrorCode } from '../foundation/error-table.ts';
import { errorCodeOfWire, TransferError } from '../foundation/errors.ts';
import type { IndexRange } from '../foundation/index-ranges.ts';
import { invariant } from '../foundation/invariant.ts';
import type { DialledKind } from '../ports/path.ts';
import {
  arrayField,
  type Fields,
  integerField,
  optionalIntegerField,
  parseJsonObject,
  stringField,
  violation,
} from './fields.ts';
import { MAX_CONTROL_BYTES, MAX_ENTRIES, MAX_LANES, MAX_PAGE_ENTRIES, MAX_UNSENT } from './limits.ts';

/** Index of an entry, and how many of its chunks, from the first on, are compared. */
export type ComparedFile = [file: number, chunks: number];

/** A message of the session's control, on lane 0. docs/PROTOCOL.md section 9. */
export type ControlMessage =
  /** Sender: some entries of the manifest, in order. */
  | { type: 'manifest'; entries: unknown[] }
  /** Sender: the manifest is complete; `unsent`: files and folders that it could not send, and so leaves out. */
  | { type: 'manifest-end'; entries: number; unsent?: number }
  /** Sender: the manifest is void, and another one follows once the receiver has said `withdrawn`. */
  | { type: 'withdraw' }
  /** Receiver: it had not accepted, and reads the next manifest. */
  | { type: 'withdrawn' }
  /** Receiver, before `accept`: entries it doesn't want. */
  | { type: 'skip'; ranges: IndexRange[] }
  /** Receiver, before `accept`: entries that an earlier session of the transfer delivered. */
  | { type: 'delivered'; ranges: IndexRange[] }
  /** Receiver, before `accept`: entries that are no longer as they were accepted, and fail alone. */
  | { type: 'refuse'; ranges: IndexRange[]; code: ErrorCode }
  /** Receiver, before `accept`: the number of chunks of these entries that lie here, and are to be compared. */
  | { type: 'compare'; files: ComparedFile[] }
  /** Receiver: send the rest of the offer with that pin; `raw`: with no payload compressed. */
  | { type: 'accept'; limit: number; lanes: number; pin: Bytes; raw?: boolean }
  /** Receiver: nothing is wanted, and why; `file` is the entry at fault. */
  | { type: 'decline'; code: ErrorCode; file: number | null }
  /**
   * Receiver: files and payload bytes that are durable, and how many bytes may be sent in all; `done` are the files that
   * have become durable since.
   */
  | { type: 'ack'; files: number; durable: number; limit: number; done: IndexRange[] }
  /** Receiver: its disk can't take more for a reason that may pass; and it goes on. */
  | { type: 'paused'; code: ErrorCode }
  | { type: 'continued' }
  /** Sender: both ends meet on another lane. */
  | { type: 'open-lane'; lane: number; path?: DialledKind }
  /** Sender: this file will not be delivered. */
  | { type: 'file-failed'; file: number; code: ErrorCode }
  /** Sender: all data and digests have been sent; `records` is their number. */
  | { type: 'end'; records: number }
  /** Receiver: every file is verified and durable. */
  | { type: 'receipt'; files: number; bytes: number; digest: Bytes }
  /** Sender: the receipt is right. */
  | { type: 'bye' }
  /** Sender: the receipt is right, but `files` files changed meanwhile: they are offered anew in another session. */
  | { type: 'again'; files: number }
  /** Either: once the process of this end is gone, no other one can go on for it. Ignorable. */
  | { type: 'note-once' }
  /** Either: it's over, and why; `file` is the entry at fault. */
  | { type: 'abort'; code: ErrorCode; file: number | null };

/** What an end says of itself, in any state. */
export type PeerNote = Extract<ControlMessage, { type: 'note-once' }>;

/** The body of a control record: JSON in UTF-8. */
export function encodeControlMessage(message: ControlMessage): Bytes {
  return utf8(JSON.stringify(fieldsOf(message)));
}

/** Types that begin so are ignored by an end that doesn't know them; the others end the transfer. */
const IGNORABLE_PREFIX = 'note-';

/**
 * Null for a message of a later version that is to be ignored.
 * @throws TransferError `protocol-violation`; `update-needed` for a type that isn't known
 */
export function parseControlMessage(body: Uint8Array): ControlMessage | null {
  if (body.length > MAX_CONTROL_BYTES) throw violation('a control message is too long');
  const fields = parseJsonObject(body);
  const type = stringField(fields, 'type');
  if (Object.hasOwn(PARSERS, type)) return PARSERS[type as ControlMessage['type']](fields);
  if (type.startsWith(IGNORABLE_PREFIX)) return null;
  throw new TransferError('update-needed');
}

const PARSERS: { [Type in ControlMessage['type']]: (fields: Fields) => ControlMessage } = {
  manifest: (f) => ({ type: 'manifest', entries: arrayField(f, 'entries', MAX_PAGE_ENTRIES) }),
  'manifest-end': (f) => {
    const unsent = optionalIntegerField(f, 'unsent', 0, MAX_UNSENT);
    const entries = integerField(f, 'entries', 1, MAX_ENTRIES);
    return { type: 'manifest-end', entries, ...(unsent !== null && { unsent }) };
  },
  withdraw: () => ({ type: 'withdraw' }),
  withdrawn: () => ({ type: 'withdrawn' }),
  skip: (f) => ({ type: 'skip', ranges: rangesField(f, 'ranges') }),
  delivered: (f) => ({ type: 'delivered', ranges: rangesField(f, 'ranges') }),
  refuse: (f) => ({ type: 'refuse', ranges: rangesField(f, 'ranges'), code: errorCode(f) }),
  compare: (f) => ({
    type: 'compare',
    files: arrayField(f, 'files', MAX_CONTROL_BYTES).map(parseComparedFile),
  }),
  accept: (f) => ({
    type: 'accept',
    limit: integerField(f, 'limit'),
    lanes: integerField(f, 'lanes', 1, MAX_LANES),
    pin: digestField(f, 'pin'),
    ...(f.raw === true && { raw: true }),
  }),
  decline: (f) => ({ type: 'decline', code: errorCode(f), file: fileIndex(f) }),
  ack: (f) => ({
    type: 'ack',
    files: integerField(f, 'files', 0, MAX_ENTRIES),
    durable: integerField(f, 'durable'),
    limit: integerField(f, 'limit'),
    done: rangesField(f, 'done'),
  }),
  paused: (f) => ({ type: 'paused', code: errorCode(f) }),
  continued: () => ({ type: 'continued' }),
  'open-lane': (f) => {
    const lane = integerField(f, 'lane', 1, MAX_LANES - 1);
    if (f.path === undefined) return { type: 'open-lane', lane };
    if (f.path !== 'tcp' && f.path !== 'quic') throw violation('a lane of a kind that isn’t known');
    return { type: 'open-lane', lane, path: f.path };
  },
  'file-failed': (f) => ({
    type: 'file-failed',
    file: integerField(f, 'file', 0, MAX_ENTRIES),
    code: errorCode(f),
  }),
  end: (f) => ({ type: 'end', records: integerField(f, 'records') }),
  receipt: (f) => ({
    type: 'receipt',
    files: integerField(f, 'files'),
    bytes: integerField(f, 'bytes'),
    digest: digestField(f, 'digest'),
  }),
  bye: () => ({ type: 'bye' }),
  again: (f) => ({ type: 'again', files: integerField(f, 'files', 1, MAX_ENTRIES) }),
  'note-once': () => ({ type: 'note-once' }),
  abort: (f) => ({ type: 'abort', code: errorCode(f), file: fileIndex(f) }),
};

function fieldsOf(message: ControlMessage): object {
  if ('code' in message) {
    const wire = ERROR_TABLE[message.code].wire;
    invariant(wire !== null, `${message.code} has no wire number`);
    return { ...message, code: wire };
  }
  if (message.type === 'receipt') return { ...message, digest: encodeBase64url(message.digest) };
  return message.type === 'accept' ? { ...message, pin: encodeBase64url(message.pin) } : message;
}

function rangesField(fields: Fields, name: string): IndexRange[] {
  return arrayField(fields, name, MAX_CONTROL_BYTES).map(parseRange);
}

function parseRange(value: unknown): IndexRange {
  if (!Array.isArray(value) || value.length !== 2) throw violation('a range is not a pair');
  const first = integerField({ first: value[0] }, 'first', 0, MAX_ENTRIES);
  return [first, integerField({ last: value[1] }, 'last', first, MAX_ENTRIES)];
}

function parseComparedFile(value: unknown): ComparedFile {
  if (!Array.isArray(value) || value.length !== 2) throw violation('a compared file is not a pair');
  const [file, chunks] = value;
  return [integerField({ file }, 'file', 0, MAX_ENTRIES), integerField({ chunks }, 'chunks', 1)];
}

/** An unknown number is still an ending: a later version's reason is told as a cancellation. */
function errorCode(fields: Fields): ErrorCode {
  return errorCodeOfWire(integerField(fields, 'code')) ?? 'cancelled';
}

function fileIndex(fields: Fields): number | null {
  return optionalIntegerField(fields, 'file', 0, MAX_ENTRIES);
}

function digestField(fields: Fields, name: string): Bytes {
  const digest = decodeBase64url(stringField(fields, name));
  if (digest?.length !== 32) throw violation('a digest is not 32 bytes');
  return digest;
}
