// Field checks for untrusted JSON: every getter gives the type it names or fails as a protocol violation.
import { textOf } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';

/** An IPv4 or IPv6 address: no name, no zone, no number in place of the usual form. */
const HOST = /^(\d{1,3}(\.\d{1,3}){3}|(?=[^:]*:)[0-9a-f:]+(\d{1,3}(\.\d{1,3}){3})?)$/i;
/** Characters of the longest IPv6 address with an IPv4 end. */
const MAX_HOST_LENGTH = 45;
const FIRST_PORT = 1024;
const LAST_PORT = 65_535;

/** A parsed JSON object of which nothing is known yet. */
export type Fields = Record<string, unknown>;

/** The error for a message that breaks the protocol; `what` completes a sentence for people. */
export function violation(what: string): TransferError {
  return new TransferError('protocol-violation', `The other side broke the protocol: ${what}.`);
}

/** @throws TransferError `protocol-violation` for bytes that aren’t one JSON object in UTF-8 */
export function parseJsonObject(bytes: Uint8Array): Fields {
  try {
    return asFields(JSON.parse(textOf(bytes)));
  } catch {
    throw violation('a message is not a JSON object');
  }
}

/**
 * A value as an object.
 * @throws TransferError `protocol-violation`
 */
export function asFields(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw violation('an object is missing');
  return value as Fields;
}

/** A whole number from `min` to `max`, by default to 2^53 − 1. */
export function integerField(fields: Fields, name: string, min = 0, max = Number.MAX_SAFE_INTEGER): number {
  const value = fields[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max) {
    throw violation(`“${name}” is not a whole number in its range`);
  }
  return value;
}

/**
 * An integer within its range, or null where the field is absent or null.
 * @throws TransferError `protocol-violation`
 */
export function optionalIntegerField(
  fields: Fields,
  name: string,
  min?: number,
  max?: number,
): number | null {
  return fields[name] === undefined || fields[name] === null ? null : integerField(fields, name, min, max);
}

/** @throws TransferError `protocol-violation` */
export function stringField(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw violation(`“${name}” is not text`);
  return value;
}

/**
 * A list of at most `maxLength` items.
 * @throws TransferError `protocol-violation`
 */
export function arrayField(fields: Fields, name: string, maxLength: number): unknown[] {
  const value = fields[name];
  if (!Array.isArray(value) || value.length > maxLength)
    throw violation(`“${name}” is not a list in its range`);
  return value;
}

/** False when absent. */
export function flagField(fields: Fields, name: string): boolean {
  const value = fields[name] ?? false;
  if (typeof value !== 'boolean') throw violation(`“${name}” is not true or false`);
  return value;
}

/** The IP address in `host`. @throws TransferError `protocol-violation` */
export function hostField(fields: Fields): string {
  const host = stringField(fields, 'host');
  if (host.length > MAX_HOST_LENGTH || !HOST.test(host)) throw violation('a host is not an IP address');
  return host;
}

/** The port in `port`: none below 1024. @throws TransferError `protocol-violation` */
export function portField(fields: Fields): number {
  return integerField(fields, 'port', FIRST_PORT, LAST_PORT);
}
