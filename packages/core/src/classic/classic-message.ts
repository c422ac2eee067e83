// The control messages of classic: JSON text, checked field by field. docs/CLASSIC.md, section Messages.
import { type Bytes, bytesOfHex, hexOf } from '../foundation/bytes.ts';
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
import { LINK_BYTES } from './constants.ts';

/** An offered file. */
export interface ClassicEntry {
  path: string;
  size: number;
}

/** The part of an offered file that the receiver has: its length in bytes, and the last link of the hash chain over it. */
export interface ExistingEntry extends ClassicEntry {
  chain: Bytes;
}

/** What announces one file's chunks. */
export interface FileHeader extends ClassicEntry {
  compression: 'zstd' | 'none';
  /** Bytes that the receiver keeps; chunks carry what follows. */
  appendFrom: number;
}

/** Every message of the classic format except chunks. */
export type ClassicMessage =
  | { type: 'manifest'; resume: boolean; entries: ClassicEntry[] }
  | { type: 'enc_manifest'; nonce: Bytes; sealed: Bytes }
  | { type: 'receiver_manifest'; entries: ExistingEntry[] }
  | { type: 'enc_receiver_manifest'; sealed: Bytes }
  | ({ type: 'file' } & FileHeader)
  | { type: 'enc_file'; sealed: Bytes }
  | { type: 'file_eof' }
  | { type: 'eof' };

/** The text of a message. */
export function encodeClassicMessage(message: ClassicMessage): string {
  return JSON.stringify(fieldsOf(message));
}

/** @throws TransferError `protocol-violation` */
export function parseClassicMessage(json: Uint8Array): ClassicMessage {
  const fields = parseJsonObject(json);
  switch (fields.type) {
    case 'manifest':
      return {
        type: 'manifest',
        resume: flagField(fields, 'resume'),
        entries: arrayField(fields, 'entries', MAX_ENTRIES).map((entry) => parseEntry(asFields(entry))),
      };
    case 'enc_manifest':
      return {
        type: 'enc_manifest',
        nonce: hexField(fields, 'nonce', LINK_BYTES),
        sealed: hexField(fields, 'hidden_manifest'),
      };
    case 'receiver_manifest':
      return {
        type: 'receiver_manifest',
        entries: arrayField(fields, 'entries', MAX_ENTRIES).map((entry) => parseExisting(asFields(entry))),
      };
    case 'enc_receiver_manifest':
      return { type: 'enc_receiver_manifest', sealed: hexField(fields, 'hidden_manifest') };
    case 'file':
      return { type: 'file', ...parseFileHeader(fields) };
    case 'enc_file':
      return { type: 'enc_file', sealed: hexField(fields, 'hidden_file') };
    case 'file_eof':
    case 'eof':
      return { type: fields.type };
    default:
      throw violation('a message is of no known type');
  }
}

/** Why the other side wants another kind of session than this one; both must be told the same. */
export function encryptionMismatch(theirs: 'encrypted' | 'plain'): TransferError {
  return new TransferError(
    'protocol-violation',
    theirs === 'encrypted'
      ? 'The other side encrypts, and this side does not.'
      : 'The other side does not encrypt, and this side does.',
  );
}

function fieldsOf(message: ClassicMessage): Fields {
  switch (message.type) {
    case 'manifest':
      return { type: message.type, resume: message.resume, entries: message.entries.map(entryFields) };
    case 'enc_manifest': {
      const { type, nonce, sealed } = message;
      return { type, nonce: hexOf(nonce), hidden_manifest: hexOf(sealed) };
    }
    case 'receiver_manifest': {
      const { type, entries } = message;
      return {
        type,
        entries: entries.map((entry) => ({ ...entryFields(entry), chain_hex: hexOf(entry.chain) })),
      };
    }
    case 'enc_receiver_manifest':
      return { type: message.type, hidden_manifest: hexOf(message.sealed) };
    case 'file': {
      const { type, path, size, compression, appendFrom } = message;
      return { type, path, size, compression, append_from: appendFrom };
    }
    case 'enc_file':
      return { type: message.type, hidden_file: hexOf(message.sealed) };
    case 'file_eof':
    case 'eof':
      return { type: message.type };
  }
}

function entryFields({ path, size }: ClassicEntry): Fields {
  return { path, size };
}

function parseEntry(fields: Fields): ClassicEntry {
  return { path: stringField(fields, 'path'), size: integerField(fields, 'size') };
}

function parseExisting(fields: Fields): ExistingEntry {
  return { ...parseEntry(fields), chain: hexField(fields, 'chain_hex', LINK_BYTES) };
}

function parseFileHeader(fields: Fields): FileHeader {
  const { compression } = fields;
  if (compression !== 'zstd' && compression !== 'none') {
    throw violation('a file is compressed in a way that is not known');
  }
  const { path, size } = parseEntry(fields);
  return { path, size, compression, appendFrom: integerField(fields, 'append_from', 0, size) };
}

function hexField(fields: Fields, name: string, lengthBytes?: number): Bytes {
  const bytes = bytesOfHex(stringField(fields, name));
  if (bytes === null || (lengthBytes !== undefined && bytes.length !== lengthBytes)) {
    throw violation(`“${name}” is not hex of the right length`);
  }
  return bytes;
}
