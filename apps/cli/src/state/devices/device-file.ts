// What this device keeps of itself and of its group, between JSON on the disk and values: its secret key among them. A version that
// isn't this one's, and a file that says something impossible, are errors of their own: nothing of it is guessed.
import { isAbsolute } from 'node:path';
import {
  type Chain,
  deviceKeyOf,
  type GroupNote,
  type HeldSecret,
  hexOf,
  isAgeWorthNoting,
  isDeviceName,
  type ObservedAge,
  OwnGroup,
  parseObservedAge,
} from '@p2p-copy/core';

/** Raised when a field changes its meaning. */
const DEVICES_VERSION = 1;
const SECRET_BYTES = 32;
const HEX_KEY = /^[0-9a-f]{64}$/;
/** A fork and a chain as they may be on the wire, in base64url, and the rest. */
export const MAX_FILE_BYTES = 2_000_000;

/** This device, and the group that it is in. */
export interface OwnDevice {
  /** Of Ed25519, 32 bytes: whoever has it is this device. */
  seed: Uint8Array<ArrayBuffer>;
  /** As this device calls itself. */
  name: string;
  /** Relay at which it was paired last; null before. */
  relay: string | null;
  /** Absolute path of a file of certificates to trust there. */
  caFile: string | null;
  /** Null where it was paired with none. */
  group: OwnGroup | null;
}

/** Why a file can't be used: a clause, and what to do. */
export class UnusableDevices extends Error {
  readonly next: string;

  constructor(reason: string, next: string) {
    super(reason);
    this.next = next;
  }
}

/** The JSON of a device. Its twin is `parseDevice`. */
export function encodeDevice({ seed, name, relay, caFile, group }: OwnDevice): object {
  return {
    version: DEVICES_VERSION,
    seed: textOf(seed),
    name,
    relay,
    caFile,
    group: group === null ? null : encodeNote(group.note()),
  };
}

/** What is kept of a device, as JSON. */
interface DeviceFields {
  group: { secrets: { age: ObservedAge | null }[] } | null;
}

/** Whether a device is to be written again: not where all that has changed is by how little its old secrets have aged. */
export function isWorthWriting(before: object | null, after: object): boolean {
  if (before === null || JSON.stringify(withoutAges(before)) !== JSON.stringify(withoutAges(after)))
    return true;
  const [noted, grown] = [before, after].map((fields) => (fields as DeviceFields).group?.secrets ?? []);
  return grown!.some(({ age }, i) => age !== null && isAgeWorthNoting(noted![i]?.age ?? null, age));
}

function withoutAges(fields: object): object {
  const { group } = fields as DeviceFields;
  if (group === null) return fields;
  const secrets = group.secrets.map((secret) => ({ ...secret, age: null }));
  return { ...fields, group: { ...group, secrets } };
}

/**
 * @param known an earlier view of the group, whose statements aren't verified again; null for none
 * @param pause lets other things happen
 * @throws UnusableDevices
 */
export async function parseDevice(
  text: string,
  known: Chain | null,
  pause: () => Promise<void>,
): Promise<OwnDevice> {
  const fields = parseObject(text);
  const { version } = fields;
  if (typeof version === 'number' && version > DEVICES_VERSION) {
    throw new UnusableDevices(
      'it was written by a newer version of p2p-copy',
      'Update p2p-copy; this version leaves the file as it is.',
    );
  }
  if (version !== DEVICES_VERSION) throw damaged();
  const { name, relay, caFile, group } = fields;
  if (typeof name !== 'string' || !isDeviceName(name)) throw damaged();
  if (!isTextOrNull(relay) || !isTextOrNull(caFile) || (caFile !== null && !isAbsolute(caFile)))
    throw damaged();
  const seed = bytesOf(fields.seed, SECRET_BYTES);
  const own = { seed, name, relay, caFile };
  if (group === null) return { ...own, group };
  try {
    const { publicKey } = deviceKeyOf(seed);
    return { ...own, group: await OwnGroup.restored(publicKey, parseNote(group), pause, known) };
  } catch (error) {
    if (error instanceof UnusableDevices) throw error;
    throw damaged();
  }
}

function encodeNote({ chain, secrets, fork, ...rest }: GroupNote): object {
  return {
    chain: textOf(chain),
    secrets: secrets.map(({ secret, ...held }) => ({ ...held, secret: textOf(secret) })),
    fork: fork === null ? null : textOf(fork),
    ...rest,
  };
}

function parseNote(value: unknown): GroupNote {
  const { chain, secrets, paired, names, refused, fork } = objectOf(value);
  return {
    chain: bytesOf(chain),
    secrets: arrayOf(secrets).map(parseSecret),
    paired: arrayOf(paired).map(keyOf),
    names: arrayOf(names).map((row) => {
      const [key, name] = arrayOf(row);
      if (typeof name !== 'string' || !isDeviceName(name)) throw damaged();
      return [keyOf(key), name] as const;
    }),
    refused: arrayOf(refused).map(keyOf),
    fork: fork === null ? null : bytesOf(fork),
  };
}

function parseSecret(value: unknown): HeldSecret {
  const { epoch, secret, age } = objectOf(value);
  if (!Number.isSafeInteger(epoch) || (epoch as number) < 0) throw damaged();
  const observed = age === null ? null : parseObservedAge(age);
  if (age !== null && observed === null) throw damaged();
  return { epoch: epoch as number, secret: bytesOf(secret, SECRET_BYTES), age: observed };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    throw damaged();
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw damaged();
  return value as Record<string, unknown>;
}

function arrayOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw damaged();
  return value;
}

function keyOf(value: unknown): string {
  if (typeof value !== 'string' || !HEX_KEY.test(value)) throw damaged();
  return value;
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function bytesOf(value: unknown, length?: number): Uint8Array<ArrayBuffer> {
  if (typeof value !== 'string' || !/^[A-Za-z0-9_-]+$/.test(value)) throw damaged();
  const bytes = new Uint8Array(Buffer.from(value, 'base64url'));
  if (length !== undefined && bytes.length !== length) throw damaged();
  return bytes;
}

function damaged(): UnusableDevices {
  return new UnusableDevices(
    'it is damaged',
    'Bring it back from a backup; or move it away, pair this device anew, and unpair its old name on another device.',
  );
}

/** A device that nobody knows yet. @param seed 32 random bytes */
export function newDevice(seed: Uint8Array<ArrayBuffer>, name: string): OwnDevice {
  return { seed, name, relay: null, caFile: null, group: null };
}

/** Its public key, in hex. */
export function hexKeyOf({ seed }: Pick<OwnDevice, 'seed'>): string {
  return hexOf(deviceKeyOf(seed).publicKey);
}
