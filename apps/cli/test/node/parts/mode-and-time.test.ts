import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fileMode, folderMode } from '../../../src/node/parts/mode-and-time.ts';

const of = (mode: number | undefined, executable = false) => ({
  executable,
  ...(mode !== undefined && { mode }),
});

it.each([
  ['a private key stays private', of(0o600), undefined, 0o022, 0o600],
  ['a public file is as public as the umask allows', of(0o666), undefined, 0o022, 0o644],
  ['a browser’s file is as ever', of(undefined), undefined, 0o022, 0o644],
  ['so is its program', of(undefined, true), undefined, 0o027, 0o750],
  ['nothing runs that wasn’t shown to', of(0o755), undefined, 0o022, 0o644],
  ['a program runs for whom its file says', of(0o744, true), undefined, 0o022, 0o744],
  ['who may not read it may not run it', of(0o711, true), undefined, 0o022, 0o700],
  ['a file in another one’s place permits no more than that did', of(0o644), 0o640, 0o022, 0o640],
  ['nor a browser’s', of(undefined), 0o600, 0o022, 0o600],
  ['nor less than its own', of(0o600), 0o644, 0o022, 0o600],
  ['its owner reads what arrived', of(0o000), undefined, 0o022, 0o400],
  ['a read-only file stays so', of(0o444), undefined, 0o022, 0o444],
] as const)('%s', (_name, entry, replaced, umask, mode) => {
  expect(fileMode(entry, replaced, umask).toString(8)).toBe(mode.toString(8));
});

const bits = fc.integer({ min: 0, max: 0o7777 });

it('never sets more than umask, sender and replaced file allow, nor setuid, setgid or sticky', () => {
  fc.assert(
    fc.property(
      bits,
      bits,
      fc.integer({ min: 0, max: 0o777 }),
      fc.boolean(),
      (mode, replaced, umask, executable) => {
        const set = fileMode({ mode, executable }, replaced, umask);
        const permitted = mode & replaced & ~umask & 0o666;
        expect(set & 0o666 & ~permitted & ~0o400).toBe(0);
        expect(set & ~0o777).toBe(0);
        expect(set & umask & 0o666).toBe(0);
        if (!executable) expect(set & 0o111).toBe(0);
        else expect(set & 0o111 & ~((set & 0o444) >> 2)).toBe(0);
      },
    ),
  );
});

it('makes folders in which this user can work, without setgid or sticky', () => {
  expect(folderMode().toString(8)).toBe('777');
  expect(folderMode(0o500).toString(8)).toBe('700');
  expect(folderMode(0o7750).toString(8)).toBe('750');
});
