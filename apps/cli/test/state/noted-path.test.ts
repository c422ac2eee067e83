// A person's choice of path is part of what a transfer is resumed by: who wanted the relay alone hides addresses.
import { expect, it } from 'vitest';
import { encodeResumption } from '../../src/library/resumption.ts';
import { DamagedNote, parseTransfer } from '../../src/state/parse-transfer.ts';

const NOTE = {
  version: 3,
  id: 'abc',
  relay: 'https://copy.example.org',
  resume: encodeResumption(new Uint8Array(32).fill(7)),
  caFile: null,
  title: { names: ['f'], moreNames: 0, files: 1, bytes: 2 },
  createdMs: 1,
  updatedMs: 2,
  role: 'send',
  paths: ['/tmp/f'],
  compress: 'auto',
  isAccepted: true,
};

it.each(['auto', 'relay', 'direct', 'tcp', 'quic'])('the path “%s” is read back', (pathChoice) => {
  expect(parseTransfer(JSON.stringify({ ...NOTE, pathChoice }), 'abc').pathChoice).toBe(pathChoice);
});

it('a note without one leaves it to the command', () => {
  expect(parseTransfer(JSON.stringify(NOTE), 'abc')).not.toHaveProperty('pathChoice');
});

it('a path of another name makes the note a damaged one', () => {
  expect(() => parseTransfer(JSON.stringify({ ...NOTE, pathChoice: 'pigeon' }), 'abc')).toThrow(DamagedNote);
});
