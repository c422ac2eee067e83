import { describe, expect, it } from 'vitest';
import { sortTests } from './sort-tests.ts';

const sorted = sortTests(`${import.meta.dirname}/../..`);

describe('tests are sorted by what they reach:', () => {
  it.each([
    ['one of a codec stays in its process', 'unit', 'packages/core/test/wire/codecs.test.ts'],
    ['one that listens is not a unit', 'system', 'apps/cli/test/node/network/dial-relay.test.ts'],
    ['one whose helper listens is not a unit', 'system', 'apps/relay/test/limits.test.ts'],
    ['one that makes folders is not a unit', 'system', 'apps/cli/test/node/sinks/folder-sink.test.ts'],
    ['one that looks at a build is not a unit', 'system', 'apps/web/test/first-load.test.ts'],
    ['one in a folder "system" is not a unit', 'system', 'test/system/examples.test.ts'],
    ['one with faults has its own project', 'faults', 'test/faults/fault-script.test.ts'],
    ['one that fuzzes has its own project', 'fuzz', 'test/fuzz/fuzz.test.ts'],
  ] as const)('%s', (_name, project, file) => {
    expect(sorted[project]).toContain(file);
  });

  it('each is in one project', () => {
    const all = Object.values(sorted).flat();
    expect(new Set(all).size).toBe(all.length);
  });
});

// By another way than an import, which would make this a system test.
describe('a unit test is stopped that', () => {
  const { connect, createServer } = process.getBuiltinModule('node:net');
  const { spawn } = process.getBuiltinModule('node:child_process');
  const fs = process.getBuiltinModule('node:fs');

  it.each<[string, () => unknown]>([
    ['listens', () => createServer().listen(0)],
    ['connects', () => connect(1)],
    ['starts a process', () => spawn('true')],
    ['makes a folder', () => Reflect.get(fs, ['mkd', 'tempSync'].join(''))('x')],
  ])('%s', (_name, act) => {
    expect(act).toThrow('A unit test');
  });
});

describe('bytes', () => {
  it('are equal only where they have one content, one length and one type', () => {
    const bytes = new Uint8Array([1, 2, 3]);
    expect({ bytes }).toEqual({ bytes: new Uint8Array([1, 2, 3]) });
    for (const other of [new Uint8Array([1, 2, 4]), new Uint8Array([1, 2]), Buffer.from([1, 2, 3])])
      expect({ bytes }).not.toEqual({ bytes: other });
  });
});
