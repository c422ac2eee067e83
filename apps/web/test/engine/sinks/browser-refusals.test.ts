// What a browser refuses while files are read and written, from its DOMException to the sentence on the screen, in each language.
import '../../sessions/plain-runes.ts';
import type { ByteSink, ManifestEntry } from '@p2p-copy/core';
import { TransferError } from '@p2p-copy/core';
import { describe, expect, test, vi } from 'vitest';
import type { toFailureRecord } from '../../../src/contract/browser-refusal.ts';
import { calmEvents } from '../../../src/engine/jobs/calm-events.ts';
import { reportFailure } from '../../../src/engine/jobs/report-failure.ts';
import { opfsSink } from '../../../src/engine/sinks/opfs-sink.ts';
import { Parts } from '../../../src/engine/sinks/parts.ts';
import { pickedFileSink } from '../../../src/engine/sinks/picked-file-sink.ts';
import { pickedFolderSink } from '../../../src/engine/sinks/picked-folder-sink.ts';
import { fileEntry } from '../../../src/engine/sources/blob-source.ts';
import { NotedRefusals } from '../../../src/engine/sources/noted-refusals.ts';
import { KeptTransfer } from '../../../src/engine/storage/kept-transfers.ts';
import { listTransfers } from '../../../src/engine/storage/stored-transfers.ts';
import { laterProblemOf, problemOf, sentenceOf } from '../../../src/format/problem.ts';
import { tried } from '../../../src/gather/unreadable.ts';
import { type Language, spoken } from '../../../src/i18n/spoken.svelte.ts';
import { flowInWords, TransferFlow } from '../../../src/progress/transfer-flow.svelte.ts';

/** English, as browsers word it. */
const RAW = 'The browser said it in its own words.';
const EXCEPTIONS = [
  'AbortError',
  'InvalidStateError',
  'NoModificationAllowedError',
  'NotAllowedError',
  'NotFoundError',
  'NotReadableError',
  'QuotaExceededError',
  'SecurityError',
  'TypeMismatchError',
  'SomeLaterError',
];
const LANGUAGES: Language[] = ['en', 'de', 'zh'];
const ENTRY: ManifestEntry = {
  index: 0,
  kind: 'file',
  path: 'a.txt',
  sizeBytes: 5,
  modifiedMs: null,
  executable: false,
};
const BYTES = new TextEncoder().encode('hello');

const locks = { request: (_: string, act: () => unknown) => act() };
vi.stubGlobal('navigator', { locks });
vi.stubGlobal('localStorage', { setItem() {}, getItem: () => null });
vi.stubGlobal('document', { documentElement: {} });

/** A file handle of which one call is refused. */
function refusing(call: string, exception: string) {
  const refuse = (name: string) => {
    if (name === call) throw new DOMException(RAW, exception);
  };
  const writer = {
    write: async () => refuse('write'),
    close: async () => refuse('close'),
    abort: async () => {},
  };
  const access = {
    write: (bytes: Uint8Array) => {
      refuse('write');
      return bytes.length;
    },
    flush: () => refuse('flush'),
    getSize: () => 5,
    truncate: () => {},
    close: () => {},
  };
  const file = {
    kind: 'file',
    name: 'a.txt.p2p.part',
    createWritable: async () => {
      refuse('createWritable');
      return writer;
    },
    createSyncAccessHandle: async () => {
      refuse('createSyncAccessHandle');
      return access;
    },
    getFile: async () => {
      refuse('getFile');
      return new File([BYTES], 'a.txt.p2p.part');
    },
    move: async () => refuse('move'),
  };
  const folder = {
    kind: 'directory',
    name: 'folder',
    getFileHandle: async (_: string, { create = false } = {}) => {
      if (!create) throw new DOMException('', 'NotFoundError');
      refuse('getFileHandle');
      return file;
    },
    removeEntry: async () => refuse('removeEntry'),
  };
  return {
    file: file as unknown as FileSystemFileHandle,
    folder: folder as unknown as FileSystemDirectoryHandle,
  };
}

async function written(open: () => Promise<ByteSink>): Promise<void> {
  const sink = await open();
  await sink.write(0, BYTES);
  await sink.flush();
  await sink.commit({ sizeBytes: 5, isIn: async () => true });
}

type Play = (call: string, exception: string) => Promise<unknown>;

const intoFolder: Play = (call, exception) =>
  written(() => pickedFolderSink(refusing(call, exception).folder, new Parts(), 'tag').openFile(ENTRY));
const intoFile: Play = (call, exception) => {
  const { file } = refusing(call, exception);
  return written(() => pickedFileSink(Object.assign(file, { name: 'a.txt' })).openFile(ENTRY));
};
const intoStorage: Play = (call, exception) => {
  const kept = { received: refusing(call, exception).folder, addFile() {} } as unknown as KeptTransfer;
  return written(() => opfsSink(kept, new Parts()).openFile(ENTRY));
};
const READS: Play = async (_, exception) => {
  const source = await fileEntry('a.txt', refusedFile(exception)).open();
  return source.read(0, new Uint8Array(5));
};

function refusedFile(exception: string): File {
  const file = new File([BYTES], 'a.txt');
  const refuse = () => Promise.reject(new DOMException(RAW, exception));
  file.arrayBuffer = refuse;
  file.slice = () => Object.assign(new Blob(), { arrayBuffer: refuse });
  return file;
}

const PLAYS: [what: string, call: string, play: Play][] = [
  ...['getFileHandle', 'createWritable', 'write', 'close', 'getFile'].map((call): [string, string, Play] => [
    'a picked folder',
    call,
    intoFolder,
  ]),
  ...['createWritable', 'write', 'close', 'getFile'].map((call): [string, string, Play] => [
    'a picked file',
    call,
    intoFile,
  ]),
  ...['getFileHandle', 'createSyncAccessHandle', 'write', 'flush', 'move'].map(
    (call): [string, string, Play] => ['the browser’s storage', call, intoStorage],
  ),
  ['a file that is sent', 'arrayBuffer', READS],
];

/** As it crosses to the page. */
async function failureOf(play: Promise<unknown>) {
  const error = await play.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  let record = null as ReturnType<typeof toFailureRecord> | null;
  reportFailure(error, (failure) => {
    expect(failure.type).toBe('failed');
    if (failure.type === 'failed') record = structuredClone(failure.error);
  });
  return record!;
}

describe.each(PLAYS)('%s that refuses %s', (what, call, play) => {
  const side = what === 'a file that is sent' ? 'send' : 'receive';

  test.each(LANGUAGES)('is told of in %s by what was refused, with something to do', async (language) => {
    await spoken.choose(language);
    const told = new Set<string>();
    for (const exception of EXCEPTIONS) {
      const record = await failureOf(play(call, exception));
      for (const { sentence, next } of [problemOf(record, side), laterProblemOf(record, side)]) {
        expect(sentence).toContain('a.txt');
        expect(`${sentence} ${next}`).not.toContain(RAW);
        expect(next).toMatch(/\S/);
        told.add(sentence);
      }
    }
    // Each its own, and one that isn't known is named.
    expect(told.size).toBe(EXCEPTIONS.length);
    expect([...told].some((sentence) => sentence.includes('SomeLaterError'))).toBe(true);
  });

  test('is no crash, and a full disk is one', async () => {
    const codes = await Promise.all(
      ['QuotaExceededError', 'NotFoundError'].map(async (name) => (await failureOf(play(call, name))).code),
    );
    expect(codes).toEqual(side === 'send' ? Array(2).fill('source-unreadable') : ['no-space', 'sink-failed']);
  });
});

test('a name that the browser does not take is told as such', async () => {
  const { folder } = refusing('', '');
  folder.getFileHandle = () => Promise.reject(new TypeError('Name is not allowed.'));
  const record = await failureOf(written(() => pickedFolderSink(folder, new Parts(), 'tag').openFile(ENTRY)));
  await spoken.choose('de');
  expect(record.code).toBe('name-impossible');
  expect(problemOf(record, 'receive').sentence).toBe(
    '„a.txt“ lässt sich nicht schreiben: Dieser Browser nimmt den Namen nicht an.',
  );
});

test('a kept file that is gone is told of when it is saved, not as a crash', async () => {
  vi.stubGlobal('navigator', { locks, storage: { getDirectory: async () => keptRoot } });
  const gone = Object.assign(refusing('getFileHandle', 'NotFoundError').folder, {
    getDirectoryHandle: async () => gone,
  });
  const keptRoot = gone;
  const kept = await KeptTransfer.open('id', () => {});
  const record = await failureOf(kept.open('a.txt'));
  await spoken.choose('en');
  expect(problemOf(record, 'receive').sentence).toMatch(/^“a\.txt” cannot be read: it is no longer there/);
});

test.each(['SecurityError', 'InvalidStateError', 'QuotaExceededError'])(
  'a browser that refuses its storage (%s) is told of as that',
  async (exception) => {
    vi.stubGlobal('indexedDB', {
      open: () => {
        throw new DOMException(RAW, exception);
      },
    });
    const record = await failureOf(listTransfers());
    await spoken.choose('en');
    const { sentence } = problemOf(record, 'receive');
    expect(sentence).toMatch(/^This browser’s storage cannot be read: /);
    expect(sentence).not.toContain(RAW);
  },
);

test.each(LANGUAGES)('a disk that pauses a transfer says why in %s', async (language) => {
  await spoken.choose(language);
  const titles = new Set<string>();
  for (const exception of ['NotAllowedError', 'InvalidStateError', 'NoModificationAllowedError']) {
    const error = await intoFolder('write', exception).then(
      () => null,
      (thrown: unknown) => thrown as TransferError,
    );
    const { code, message, cause, retryable } = error!;
    expect(retryable).toBe(true);
    const flow = new TransferFlow();
    const report = (event: Parameters<TransferFlow['take']>[0]) => flow.take(structuredClone(event));
    calmEvents(report, () => {}).onEvent({ type: 'paused', code, message, cause });
    const shown = flow.shown;
    if (shown.name !== 'paused') throw new Error(shown.name);
    const { title, details } = flowInWords(shown, { isHere: true, missingBytes: null });
    expect(`${title} ${details}`).not.toContain(RAW);
    expect(details).toContain(spoken.words.refusals.goesOn('').trim());
    titles.add(title);
  }
  expect(titles.size).toBe(3);
});

test('a file that could not be read is told of at the end with the reason', async () => {
  const refusals = new NotedRefusals();
  const source = await fileEntry('a.txt', refusedFile('NotFoundError')).open();
  const cause: unknown = await source.read(0, new Uint8Array(5)).catch((error: unknown) => error);
  expect(cause).toBeInstanceOf(TransferError);
  refusals.note({ path: 'a.txt', cause });
  const [failed] = structuredClone(refusals.told([{ path: 'a.txt', code: 'source-unreadable' }]));
  await spoken.choose('en');
  expect(sentenceOf(failed!.code, failed!.refusal)).toMatch(
    /^“a\.txt” cannot be read: it is no longer there/,
  );
  expect(refusals.told([{ path: 'b.txt', code: 'source-unreadable' }])[0]).not.toHaveProperty('refusal');
});

test('a file that can’t be read when it is chosen is marked with what the browser said', async () => {
  const [item] = await tried([{ kind: 'file', path: 'a.txt', file: refusedFile('NotFoundError') }]);
  expect(item).toMatchObject({ kind: 'unsendable', reason: 'unreadable', exception: 'NotFoundError' });
});
