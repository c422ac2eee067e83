// Each errno has a true sentence of its own, at either end.
import { constants } from 'node:os';
import { TransferError } from '@p2p-copy/core';
import { expect, it } from 'vitest';
import { adviceOf, errnoOf, sinkError, sourceError } from '../../../src/node/disk/disk-error.ts';
import { errnoRow, hasErrnoRow } from '../../../src/node/disk/errno-reasons.ts';

const ERRNOS = Object.keys(constants.errno).filter((name) => !name.startsWith('WSA'));
/** Names that share a number with another one. */
const ALIASES = new Set(['EOPNOTSUPP', 'EWOULDBLOCK']);

function systemError(code: string): Error {
  const errno = -(constants.errno as Record<string, number>)[code]!;
  return Object.assign(new Error(`${code}: words of the system, open '/x'`), {
    code,
    errno,
    syscall: 'open',
  });
}

it.each(ERRNOS)(
  '%s has a sentence of its own, which shows neither its name nor the system’s words',
  (code) => {
    expect(hasErrnoRow(code)).toBe(true);
    for (const [error, verb] of [
      [sinkError(systemError(code), 'a/b'), 'written'],
      [sourceError(systemError(code), 'a/b'), 'read'],
    ] as const) {
      expect(error).toBeInstanceOf(TransferError);
      const { message } = error as TransferError;
      expect(message).toMatch(new RegExp(`^“a/b” cannot be ${verb}: .{10,}\\.$`));
      expect(message).not.toMatch(/words of the system|node:internal/);
    }
  },
);

it('no two errnos share a sentence', () => {
  const reasons = ERRNOS.filter((code) => !ALIASES.has(code)).map((code) => errnoRow(code).reason);
  expect(new Set(reasons).size).toBe(reasons.length);
});

it('an errno that nobody knows yet is named', () => {
  const unknown = Object.assign(new Error('x'), { code: 'ENEW', errno: -999 });
  expect((sinkError(unknown, 'f') as Error).message).toContain('the system reports ENEW');
});

it('an error of ours, or of Node’s own, is not taken for one of the system', () => {
  expect(errnoOf(Object.assign(new Error('x'), { code: 'ERR_OUT_OF_RANGE' }))).toBeNull();
  expect(errnoOf(null)).toBeNull();
});

it.each([
  ['EMFILE', /ulimit -n/],
  ['ENFILE', /open/],
  ['EROFS', /writable/],
  ['EFBIG', /FAT/],
  ['EBUSY', /program/],
  ['EIO', /disk/],
  ['ESTALE', /server/],
])('%s is advised about by what cures it', (code, advice) => {
  expect(adviceOf(sinkError(systemError(code), 'f') as TransferError)).toMatch(advice);
});

it.each(['EACCES', 'ENOSPC', 'EEXIST', 'ENOENT'])('%s leaves the advice to its code', (code) => {
  expect(adviceOf(sinkError(systemError(code), 'f') as TransferError)).toBeNull();
});

it('what passes by itself is tried again, and what never passes is not', () => {
  const isRetried = (code: string) => (sinkError(systemError(code), 'f') as TransferError).retryable;
  expect(
    ['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EROFS', 'ENOMEM', 'EAGAIN', 'ETIMEDOUT'].every(isRetried),
  ).toBe(true);
  expect(['EFBIG', 'ENAMETOOLONG', 'EISDIR', 'ENOTDIR', 'EXDEV', 'ENODEV', 'EMLINK'].some(isRetried)).toBe(
    false,
  );
});

it('EINVAL is about a name only where a name was given', () => {
  const of = (syscall: string) =>
    sinkError(Object.assign(new Error('EINVAL'), { code: 'EINVAL', syscall }), 'f') as TransferError;
  expect(of('open').code).toBe('name-impossible');
  expect(of('fsync').code).toBe('sink-failed');
  expect(of('fsync').message).not.toContain('name');
});

it.skipIf(process.platform === 'win32')('a refusal that does not pass by itself is not waited for', () => {
  const refused = Object.assign(new Error('EPERM'), { code: 'EPERM', syscall: 'open' });
  expect((sinkError(refused, 'f') as TransferError).retryable).toBe(false);
});

it('an errno of a network connection is nothing that a disk is to be checked for', () => {
  const refused = systemError('ECONNREFUSED');
  expect(adviceOf(sinkError(refused, 'f') as TransferError)).toBe('Check the network disk and its server');
  const cause = { cause: refused };
  for (const code of ['relay-unreachable', 'connection-lost', 'peer-gone'] as const)
    expect(adviceOf(new TransferError(code, 'no', cause))).toBeNull();
});

it('an errno of this process is advised about, whatever it opened', () => {
  for (const [errno, advice] of [
    ['EMFILE', /ulimit -n/],
    ['ENFILE', /open/],
  ] as const)
    expect(adviceOf(new TransferError('relay-unreachable', 'no', { cause: systemError(errno) }))).toMatch(
      advice,
    );
});
