// What members of a room say to each other once it is opened: JSON. docs/PROTOCOL.md section 20.
import { decodeBase64url, encodeBase64url } from '../foundation/base64url.ts';
import { type Bytes, utf8 } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import {
  arrayField,
  asFields,
  type Fields,
  flagField,
  integerField,
  parseJsonObject,
  stringField,
  violation,
} from '../wire/fields.ts';
import { MAX_ENTRIES } from '../wire/limits.ts';

/** Entries of a `listed`, and paths of a `meet`. */
const MAX_LISTED = 128;
const NONCE_BYTES = 16;
const HASH_BYTES = 32;
const KEY_BYTES = 32;
const TASKS = ['send', 'get', 'sync'] as const;
const KINDS = ['file', 'folder', 'text'] as const;

/** What a member that asks for a session wants in it. */
export type DeviceTask = (typeof TASKS)[number];

/** Something that a device offers to another one. */
export interface ListedEntry {
  path: string;
  kind: (typeof KINDS)[number];
  /** In bytes; null where it isn't known. */
  size: number | null;
}

/** A message of one member to another. */
export type RoomMessage =
  | { type: 'ping' | 'pong'; nonce: Bytes; head: Bytes }
  | { type: 'announce'; files: number; bytes: number }
  | { type: 'announced' }
  | { type: 'list'; id: number; from: number }
  | { type: 'listed'; id: number; entries: ListedEntry[]; more: boolean }
  /**
   * Who says it waits under `key`: as sender for `send` and `sync`, as receiver for `get`. `device`: its key, where its card
   * names none.
   */
  | { type: 'meet'; id: number; key: Bytes; task: DeviceTask; paths: string[]; device: Bytes | null }
  /** `code`: 0, or the wire number of an error. */
  | { type: 'answer'; id: number; code: number };

const MAX_WIRE_CODE = 255;

/** The content of a message. */
export function encodeRoomMessage(message: RoomMessage): Bytes {
  const plain = Object.entries(message).map(([name, value]) => [
    name,
    value instanceof Uint8Array ? encodeBase64url(value) : value,
  ]);
  return utf8(JSON.stringify(Object.fromEntries(plain)));
}

/**
 * A message; null for a type that isn't known.
 * @throws TransferError `protocol-violation`
 */
export function parseRoomMessage(content: Uint8Array): RoomMessage | null {
  const fields = parseJsonObject(content);
  const type = stringField(fields, 'type');
  switch (type) {
    case 'ping':
    case 'pong':
      return {
        type,
        nonce: bytesField(fields, 'nonce', NONCE_BYTES),
        head: bytesField(fields, 'head', HASH_BYTES),
      };
    case 'announce':
      return {
        type,
        files: integerField(fields, 'files', 0, MAX_ENTRIES),
        bytes: integerField(fields, 'bytes'),
      };
    case 'announced':
      return { type };
    case 'list':
      return { type, id: integerField(fields, 'id'), from: integerField(fields, 'from', 0, MAX_ENTRIES) };
    case 'listed': {
      const entries = arrayField(fields, 'entries', MAX_LISTED).map(parseListed);
      return { type, id: integerField(fields, 'id'), entries, more: flagField(fields, 'more') };
    }
    case 'meet': {
      const key = bytesField(fields, 'key', KEY_BYTES);
      const task = oneOf(fields, 'task', TASKS);
      const device = (fields.device ?? null) === null ? null : bytesField(fields, 'device', KEY_BYTES);
      return { type, id: integerField(fields, 'id'), key, task, paths: pathsOf(fields), device };
    }
    case 'answer':
      return { type, id: integerField(fields, 'id'), code: integerField(fields, 'code', 0, MAX_WIRE_CODE) };
    default:
      return null;
  }
}

/** As `parseRoomMessage`; null for what isn't a message as well: a member's fault ends nothing. */
export function hearRoomMessage(content: Uint8Array): RoomMessage | null {
  try {
    return parseRoomMessage(content);
  } catch (error) {
    if (error instanceof TransferError) return null;
    throw error;
  }
}

function parseListed(value: unknown): ListedEntry {
  const fields = asFields(value);
  const size = fields.size === null ? null : integerField(fields, 'size');
  return { path: stringField(fields, 'path'), kind: oneOf(fields, 'kind', KINDS), size };
}

function pathsOf(fields: Fields): string[] {
  if (fields.paths === undefined) return [];
  return arrayField(fields, 'paths', MAX_LISTED).map((path) => stringField({ path }, 'path'));
}

function bytesField(fields: Fields, name: string, length: number): Bytes {
  const bytes = decodeBase64url(stringField(fields, name));
  if (bytes?.length !== length) throw violation(`“${name}” is not ${length} bytes`);
  return bytes;
}

function oneOf<T extends string>(fields: Fields, name: string, choices: readonly T[]): T {
  const value = stringField(fields, name);
  const chosen = choices.find((choice) => choice === value);
  if (chosen === undefined) throw violation(`“${name}” is none of its values`);
  return chosen;
}
