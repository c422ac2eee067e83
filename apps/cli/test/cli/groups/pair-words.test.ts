// What a person is shown and asked while devices pair.
import { deviceKeyOf, OwnGroup, type PairQuestion } from '@p2p-copy/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  placeOf,
  questionInJson,
  questionInWords,
  tell,
} from '../../../src/cli/group-commands/pair-command.ts';
import { parseName } from '../../../src/cli/groups/own-name.ts';
import type { Context } from '../../../src/cli/terminal/context.ts';
import { newDevice } from '../../../src/state/devices/device-file.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const key = deviceKeyOf(new Uint8Array(32).fill(1));
const question = (peer: Partial<PairQuestion['peer']>): PairQuestion => ({
  words: ['one', 'two', 'three', 'four'],
  peer: {
    publicKey: key.publicKey,
    groupId: null,
    deviceClass: 'full',
    kind: 'terminal',
    name: 'Phone',
    ...peer,
  },
});

describe('the question about another device', () => {
  it('says of which kind it is, and whether it may change the group', () => {
    expect(questionInWords(question({}), 'Laptop')).toContain(
      'It says it is a terminal; it may add and remove your devices.',
    );
    expect(questionInWords(question({ kind: 'page', deviceClass: 'leaf' }), 'Laptop')).toContain(
      'It says it is a page in a browser; it may not add and remove your devices.',
    );
    expect(questionInJson(question({ kind: 'page', deviceClass: 'leaf' }))).toMatchObject({
      kind: 'page',
      class: 'leaf',
    });
  });
});

describe('the command for the other device', () => {
  it('holds no password of the relay', () => {
    const lines: string[] = [];
    const terminal = {
      say: (line: string) => lines.push(line),
      sayWhole: (line: string) => lines.push(line),
    };
    const event = { type: 'code', code: '7-guitar-ocean', validMs: 1000 } as const;
    tell(event, 'https://me:secret@copy.example.org/', { terminal } as unknown as Context);
    expect(lines.join('\n')).toContain('p2p-copy pair --relay https://copy.example.org/ 7-guitar-ocean');
    expect(lines.join('\n')).not.toContain('secret');
  });
});

describe('where devices meet', () => {
  it('stays the relay of the group, and its certificates, unless another one is named', async () => {
    vi.stubEnv('P2P_COPY_RELAY', '');
    const group = await OwnGroup.found(key, 'Laptop');
    const device = { ...newDevice(new Uint8Array(32).fill(1), 'Laptop'), group, caFile: '/etc/ca.pem' };
    const kept = { ...device, relay: 'https://copy.example.org' };
    const same = { relay: kept.relay, caFile: '/etc/ca.pem', before: null };
    expect(placeOf(kept, {})).toEqual(same);
    expect(placeOf(kept, { relay: kept.relay })).toEqual(same);
    const other = { relay: 'https://other.example.org', caFile: null, before: kept.relay };
    expect(placeOf(kept, { relay: other.relay })).toEqual(other);
    vi.stubEnv('P2P_COPY_RELAY', other.relay);
    expect(placeOf(kept, {})).toEqual(other);
    expect(placeOf({ ...kept, group: null }, {})).toEqual({ ...other, before: null });
  });
});

describe('a name', () => {
  it.each(['any', 'ANY', 'key:3f2a91bc'])('%s is refused, which stands for others in commands', (name) => {
    expect(() => parseName(name)).toThrow('it stands for others in commands');
  });
});
