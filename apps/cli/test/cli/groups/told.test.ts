// What `unpair` says about who has heard of a removal.
import { TransferError } from '@p2p-copy/core';
import { expect, it } from 'vitest';
import { tellFailure, toldInWords } from '../../../src/cli/group-commands/unpair-command.ts';
import type { GroupMember } from '../../../src/cli/groups/members.ts';
import type { Terminal } from '../../../src/cli/terminal/terminal.ts';

const member = (name: string): GroupMember => ({
  publicKey: new Uint8Array(32),
  key: Buffer.from(name).toString('hex').padEnd(64, '0'),
  name,
  deviceClass: 'full',
  isOwn: false,
  isPaired: true,
  addedBy: null,
});

it('names those that were not told, and says nothing of others where all were', () => {
  expect(toldInWords([], true, true)).toEqual(['It was told so.']);
  expect(toldInWords([], false, true)).toEqual([]);
  expect(toldInWords([member('Server'), member('Tablet')], false, true)).toEqual([
    'Not told yet: “Server”, “Tablet”. They learn so when they meet one that knows; until then they see it as before.',
  ]);
  const many = Array.from({ length: 12 }, (_, i) => member(`n${i}`));
  const [sentence] = toldInWords(many, false, false);
  expect(sentence).toMatch(/“n9” and 2 more\. The relay could not be reached/);
});

it('says what to do where the list of devices is full, to people and to scripts', () => {
  const [said, json]: [string[], object[]] = [[], []];
  const terminal = {
    say: (sentence: string) => said.push(sentence),
    outputJson: (line: object) => json.push(line),
  } as unknown as Terminal;
  expect(tellFailure(new TransferError('limit-exceeded'), { json: true }, { terminal })).not.toBe(0);
  expect(said.join()).toMatch(/changed as often as it can be.*\nRun p2p-copy unpair --this on each/);
  expect(json).toMatchObject([{ event: 'error', code: 'limit-exceeded' }]);
});
