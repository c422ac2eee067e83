// Reads the note of an unfinished transfer, field by field: a disk may have damaged it, or a person changed it.
import { isAbsolute } from 'node:path';
import type { PathChoice } from '@p2p-copy/core';
import type { AcceptedOffer, EndNote, ReceiveNote, RefusedRow } from '../library/public-types.ts';
import { isResumption } from '../library/resumption.ts';
import { type CodeTag, isCodeTag } from './code-tag.ts';
import {
  type ReviewWishes,
  STATE_VERSION,
  STATE_VERSION_OF_ACCEPTED,
  type StoredTransfer,
  type TransferTitle,
} from './stored-transfer.ts';

/** Why a note can't be used: `its “relay” is missing or wrong`. */
export class DamagedNote extends Error {}

/** Of a file of 16 TiB. */
const MOST_CHUNKS = 2 ** 26;

/** @throws DamagedNote */
export function parseTransfer(text: string, id: string): StoredTransfer {
  const note = new Fields(parsedJson(text), '');
  const version = note.take('version', isWhole);
  const isNewer = version === STATE_VERSION;
  if (!isNewer && version !== STATE_VERSION_OF_ACCEPTED)
    throw new DamagedNote('it is of another version of p2p-copy');
  const common = {
    version: STATE_VERSION,
    id: note.take('id', (value): value is string => value === id),
    relay: note.take('relay', isRelay),
    resume: note.take('resume', (value): value is string => isText(value) && isResumption(value)),
    caFile: note.take('caFile', (value): value is string | null => value === null || isAbsolutePath(value)),
    title: parseTitle(note.inner('title')),
    createdMs: note.take('createdMs', isWhole),
    updatedMs: note.take('updatedMs', isWhole),
    ...(note.has('device') && { device: note.take('device', isDeviceKey) }),
    ...(note.has('pathChoice') && { pathChoice: note.take('pathChoice', isPathChoice) }),
  } as const;
  const role = note.take(
    'role',
    (value): value is 'send' | 'receive' => value === 'send' || value === 'receive',
  );
  if (role === 'send') {
    const paths = note.take('paths', listOf(isAbsolutePath));
    if (paths.length === 0) throw wrong('paths');
    const skips = note.has('skipUnsendable') && note.take('skipUnsendable', isFlag);
    const isAccepted = isNewer ? note.take('isAccepted', isFlag) : true;
    const follows = note.has('followLinks') && note.take('followLinks', isFlag);
    const compress = note.take('compress', isCompress);
    const gitignore = note.has('gitignore') && note.take('gitignore', isFlag);
    return {
      ...common,
      role,
      paths,
      compress,
      isAccepted,
      ...(skips && { skipUnsendable: true }),
      ...(follows && { followLinks: true }),
      ...(note.has('exclude') && { exclude: note.take('exclude', listOf(isText)) }),
      ...(gitignore && { gitignore }),
    };
  }
  const out = note.take('out', isAbsolutePath);
  const verify = note.take('verify', isVerify) ?? 'arrival';
  const isReviewed = !isNewer || !note.isNull('accepted');
  return {
    ...common,
    role,
    out,
    verify,
    accepted: isReviewed ? parseAccepted(note.inner('accepted')) : null,
    // Without an answer there is something to review.
    wishes: isReviewed ? null : parseWishes(note.inner('wishes')),
    code: !isNewer || note.isNull('code') ? null : parseCodeTag(note.inner('code')),
  };
}

/** The notes beside it, line by line. One that a crash cut counts for nothing. */
export function parseNotes(text: string): ReceiveNote[] {
  const notes: ReceiveNote[] = [];
  for (const line of text.split('\n')) {
    const note = parsedNote(line);
    if (note !== null) notes.push(note);
  }
  return notes;
}

function parsedNote(line: string): ReceiveNote | null {
  try {
    const note = new Fields(JSON.parse(line), '');
    if (note.has('delivered')) return { delivered: note.take('delivered', isText) };
    if (note.has('ended')) return { ended: note.take('ended', isEnd) };
    return { refused: note.take('refused', listOf(isRefusedRow)) };
  } catch {
    return null;
  }
}

function isDeviceKey(value: unknown): value is string {
  return isText(value) && /^[0-9a-f]{64}$/.test(value);
}

function isEnd(value: unknown): value is EndNote['ended'] {
  return value === 'open' || value === 'acknowledged' || value === 'receipt';
}

function isRefusedRow(value: unknown): value is RefusedRow {
  if (typeof value !== 'object' || value === null) return false;
  const { identity, version, firstChunk, count } = value as Record<string, unknown>;
  const areChunks = isWhole(firstChunk) && isWhole(count) && firstChunk + count <= MOST_CHUNKS;
  return isText(identity) && isText(version) && areChunks;
}

function parseTitle(title: Fields): TransferTitle {
  return {
    names: title.take('names', listOf(isText)),
    moreNames: title.take('moreNames', isWhole),
    files: title.take('files', isWhole),
    bytes: title.take('bytes', isWhole),
  };
}

function parseAccepted(accepted: Fields): AcceptedOffer {
  return {
    entries: accepted.take('entries', listOf(isAcceptedEntry)),
    skip: accepted.take('skip', listOf(isRange)),
    renamed: accepted.take('renamed', listOf(isRenaming)),
    replaces: accepted.take('replaces', listOf(isRange)),
    compared: accepted.take('compared', listOf(isRange)),
    takesGrowth: accepted.take('takesGrowth', isFlag),
    ...(accepted.has('held') && { held: accepted.take('held', listOf(isRenaming)) }),
    ...(accepted.has('links') && { links: accepted.take('links', listOf(isRenaming)) }),
    ...(accepted.has('folders') && { folders: accepted.take('folders', listOf(isPlacing)) }),
    ...(accepted.has('leftOut') && { leftOut: accepted.take('leftOut', listOf(isRange)) }),
    ...(accepted.has('unwanted') && { unwanted: accepted.take('unwanted', listOf(isRange)) }),
    ...(accepted.has('only') && { only: accepted.take('only', listOf(isText)) }),
    ...(accepted.has('partSlot') && { partSlot: accepted.take('partSlot', isWhole) }),
    ...(accepted.has('unasked') && { unasked: accepted.take('unasked', isFlag) }),
  };
}

function parseWishes(wishes: Fields): ReviewWishes {
  return {
    yes: wishes.take('yes', isFlag),
    overwrite: wishes.take('overwrite', isOverwrite),
    allowRisky: wishes.take('allowRisky', isFlag),
    continue: wishes.take('continue', (value): value is boolean | null => value === null || isFlag(value)),
    compare: wishes.take('compare', isFlag),
    maxUnsizedBytes: wishes.take(
      'maxUnsizedBytes',
      (value): value is number | null => value === null || isWhole(value),
    ),
    ...(wishes.has('only') && { only: wishes.take('only', listOf(isText)) }),
  };
}

function parseCodeTag(tag: Fields): CodeTag {
  const fields = { salt: tag.take('salt', isText), hash: tag.take('hash', isText) };
  if (!isCodeTag(fields)) throw wrong('code.');
  return fields;
}

class Fields {
  readonly #fields: Record<string, unknown>;
  readonly #within: string;

  constructor(value: unknown, within: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(within);
    this.#fields = value as Record<string, unknown>;
    this.#within = within;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#fields, name);
  }

  isNull(name: string): boolean {
    return this.has(name) && this.#fields[name] === null;
  }

  take<T>(name: string, is: (value: unknown) => value is T): T {
    const value = Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
    if (!is(value)) throw wrong(this.#within + name);
    return value;
  }

  inner(name: string): Fields {
    return new Fields(this.#fields[name], `${name}.`);
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DamagedNote('it is no whole JSON');
  }
}

function wrong(field: string): DamagedNote {
  return new DamagedNote(
    field === '' ? 'it is no JSON object' : `its “${field.replace(/\.$/, '')}” is missing or wrong`,
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

const PATHS: readonly PathChoice[] = ['auto', 'relay', 'direct', 'tcp', 'quic'];

function isPathChoice(value: unknown): value is PathChoice {
  return PATHS.includes(value as PathChoice);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isAbsolutePath(value: unknown): value is string {
  return isText(value) && isAbsolute(value) && !value.includes('\0');
}

function isRelay(value: unknown): value is string {
  return isText(value) && URL.canParse(value) && /^(http|ws)s?:$/.test(new URL(value).protocol);
}

function isCompress(value: unknown): value is 'auto' | 'on' | 'off' {
  return value === 'auto' || value === 'on' || value === 'off';
}

function isOverwrite(value: unknown): value is ReviewWishes['overwrite'] {
  return value === null || ['ask', 'skip', 'rename', 'always'].includes(value as string);
}

/** Older notes have none. */
function isVerify(value: unknown): value is 'arrival' | 'disk' | undefined {
  return value === undefined || value === 'arrival' || value === 'disk';
}

function isAcceptedEntry(value: unknown): value is AcceptedOffer['entries'][number] {
  if (!Array.isArray(value) || value.length < 4 || value.length > 5) return false;
  const [path, kind, sizeBytes, executable, mode = 0] = value;
  const isKind = ['file', 'folder', 'text', 'link'].includes(kind);
  return (
    isText(path) &&
    isKind &&
    (sizeBytes === null || isWhole(sizeBytes)) &&
    isFlag(executable) &&
    isWhole(mode)
  );
}

function isRange(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every(isWhole) && value[0]! <= value[1]!;
}

function isRenaming(value: unknown): value is [number, string] {
  return Array.isArray(value) && value.length === 2 && isWhole(value[0]) && isText(value[1]);
}

function isPlacing(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every(isText);
}

function listOf<T>(is: (value: unknown) => value is T): (value: unknown) => value is T[] {
  return (value): value is T[] => Array.isArray(value) && value.every(is);
}
