import { expect, it } from 'vitest';
import { DiskRefusals, refusalsInWords } from '../../../src/node/parts/disk-refusals.ts';

const refusal = (code: string, syscall: string) => Object.assign(new Error(code), { code, syscall });

it('counts what is refused, and lets no content be lost', () => {
  const refusals = new DiskRefusals();
  expect(refusals.settings).toEqual([]);
  refusals.tolerate('mode', () => {
    throw refusal('EPERM', 'fchmod');
  });
  for (const code of ['EINVAL', 'ENOTSUP', 'ENOSYS']) refusals.noteFlush(refusal(code, 'fsync'));
  for (const code of ['EIO', 'ENOSPC', 'EDQUOT', 'ESTALE', 'EACCES', 'EPERM'])
    expect(() => refusals.noteFlush(refusal(code, 'fsync'))).toThrow(code);
  expect(refusals.settings).toEqual(['mode', 'flush']);
});

it('hides no bug of ours', () => {
  const bug = () => {
    throw new TypeError('ours');
  };
  expect(() => new DiskRefusals().tolerate('time', bug)).toThrow('ours');
});

it('warns in one sentence for each kind of thing', () => {
  expect(refusalsInWords([])).toBeNull();
  expect(refusalsInWords(['mode', 'time'])).toBe(
    'The disk did not let the permissions and dates of all files and folders be set; their content is complete.',
  );
  expect(refusalsInWords(['flush'])).toMatch(/eject it/);
});
