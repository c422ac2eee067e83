// Recognizes a code that was typed before, without keeping it: a person may use a code of their own again elsewhere.
import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import type { Code } from '@p2p-copy/core';

/** The slow hash of a code, with its salt: base64url. */
export interface CodeTag {
  salt: string;
  hash: string;
}

const SALT_BYTES = 16;
const HASH_BYTES = 32;

export function tagOfCode(code: Code): CodeTag {
  const salt = randomBytes(SALT_BYTES);
  return { salt: salt.toString('base64url'), hash: hashOf(code, salt).toString('base64url') };
}

export function isCodeOf(tag: CodeTag, code: Code): boolean {
  const hash = Buffer.from(tag.hash, 'base64url');
  return timingSafeEqual(hash, hashOf(code, Buffer.from(tag.salt, 'base64url')));
}

export function isCodeTag({ salt, hash }: { salt: unknown; hash: unknown }): boolean {
  const isBytes = (text: unknown, count: number) =>
    typeof text === 'string' && /^[\w-]+$/.test(text) && Buffer.from(text, 'base64url').length === count;
  return isBytes(salt, SALT_BYTES) && isBytes(hash, HASH_BYTES);
}

function hashOf({ nameplate, secret }: Code, salt: Uint8Array): Buffer {
  return scryptSync(`${nameplate}-${secret}`, salt, HASH_BYTES);
}
