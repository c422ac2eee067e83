// The sender's person changes what is offered, before and after someone has joined, until it is accepted.
import { randomBytes, randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SourceEntry } from '../../src/ports/byte-source.ts';
import type { ReviewAnswer } from '../../src/transfer/options.ts';
import type { Manifest } from '../../src/wire/manifest.ts';
import { fileEntry, MemoryFolder } from './rig/memory-files.ts';
import { runPair } from './rig/run-pair.ts';

const files = Array.from({ length: 12 }, (_, i) =>
  fileEntry(`file ${i}`, new Uint8Array(randomBytes(i * 999))),
);
const [first, second, third] = files as [SourceEntry, SourceEntry, SourceEntry];
const pathsOf = (list: readonly { path: string }[]) => list.map(({ path }) => path);

/** A receiver who answers offers one after the other, each as told; the last answer is for all that follow. */
function reviewer(
  folder: MemoryFolder,
  ...answers: ((manifest: Manifest) => Promise<unknown> | undefined)[]
) {
  const offered: string[][] = [];
  const review = async (manifest: Manifest): Promise<ReviewAnswer> => {
    const answer = answers[Math.min(offered.length, answers.length - 1)]!;
    offered.push(pathsOf(manifest.entries));
    await answer(manifest);
    return { accept: true, sink: folder, skip: new Set() };
  };
  return { review, offered };
}

/** What a person never answers. */
const ponder = () => new Promise<never>(() => {});

type Revise = (entries: Promise<readonly SourceEntry[]>) => void;

describe('an offer that is changed', () => {
  it('before anyone came is offered as it is then', async () => {
    const folder = new MemoryFolder();
    const { review, offered } = reviewer(folder, async () => {});
    const { sent } = await runPair([first], {
      send: { onRevisable: (revise) => revise(Promise.resolve([first, second])) },
      receive: { review },
    });
    expect(sent).toMatchObject({ status: 'fulfilled', value: { files: 2 } });
    expect(offered).toEqual([['file 0', 'file 1']]);
  });

  it('while it is reviewed is shown anew, and the old one is dismissed', async () => {
    const folder = new MemoryFolder();
    let revise: Revise = () => {};
    const dismissed: boolean[] = [];
    const { review, offered } = reviewer(
      folder,
      () => {
        revise(Promise.resolve([second, third]));
        return ponder();
      },
      async () => {},
    );
    const { sent, received, events } = await runPair([first], {
      send: {
        onRevisable: (given) => {
          revise = given;
        },
      },
      receive: {
        review: (manifest, signal) => {
          signal.addEventListener('abort', () => dismissed.push(true));
          return review(manifest);
        },
      },
    });
    expect([sent.status, received.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(offered).toEqual([['file 0'], ['file 1', 'file 2']]);
    expect(dismissed).toEqual([true]);
    expect([...folder.files.keys()].sort()).toEqual(['file 1', 'file 2']);
    const told = events.receiver.map(({ type }) => type).filter((type) => type.startsWith('offer'));
    expect(told).toEqual(['offer', 'offer-withdrawn', 'offer']);
  });

  it('again and again ends as the last one', async () => {
    const folder = new MemoryFolder();
    let revise: Revise = () => {};
    const changes = files.map((_, i) => files.slice(i));
    const { review } = reviewer(folder, ({ entries }) => {
      const next = changes.shift();
      if (next === undefined) return undefined;
      // Two at once: one that is still scanned, and the one that counts.
      revise(new Promise(() => {}));
      revise(Promise.resolve(next));
      return pathsOf(entries).join() === pathsOf(next).join() ? undefined : ponder();
    });
    const { received } = await runPair([first, second], {
      send: {
        onRevisable: (given) => {
          revise = given;
        },
      },
      receive: { review },
    });
    expect(received).toMatchObject({ status: 'fulfilled', value: { files: 1 } });
    expect([...folder.files.keys()]).toEqual(['file 11']);
  });

  it('too late goes as it was accepted, and the sender is told', async () => {
    const folder = new MemoryFolder();
    let revise: Revise = () => {};
    const { sent, events } = await runPair([first, second], {
      send: {
        onRevisable: (given) => {
          revise = given;
        },
        onEvent: (event) => {
          if (event.type === 'progress') revise(Promise.resolve([third]));
        },
      },
      receive: {
        review: async () => {
          queueMicrotask(() => revise(Promise.resolve([third])));
          return { accept: true, sink: folder, skip: new Set() };
        },
      },
    });
    expect(sent).toMatchObject({ status: 'fulfilled', value: { files: 2 } });
    expect([...folder.files.keys()].sort()).toEqual(['file 0', 'file 1']);
    const accepted = events.sender.filter(({ type }) => type === 'accepted');
    expect(accepted).toEqual([{ type: 'accepted', files: 2, bytes: 999, unsized: false, isOutdated: true }]);
  });

  it('and declined meanwhile is declined', async () => {
    let revise: Revise = () => {};
    const { sent } = await runPair([first], {
      send: {
        onRevisable: (given) => {
          revise = given;
        },
      },
      receive: {
        review: async () => {
          queueMicrotask(() => revise(Promise.resolve([third])));
          return { accept: false, code: 'declined' };
        },
      },
    });
    expect(sent).toMatchObject({ reason: { code: 'declined' } });
  });

  it('at any moment leaves both ends with the same one', async () => {
    for (let run = 0; run < 6; run += 1) {
      const folder = new MemoryFolder();
      let revise: Revise = () => {};
      let shown: string[] = [];
      const change = () => revise(Promise.resolve(files.slice(randomInt(11))));
      const timers = Array.from({ length: 6 }, () => setTimeout(change, randomInt(25)));
      const { sent, received } = await runPair([first], {
        send: {
          onRevisable: (given) => {
            revise = given;
          },
        },
        receive: {
          review: async ({ entries }) => {
            shown = pathsOf(entries);
            await new Promise((resolve) => setTimeout(resolve, randomInt(4)));
            return { accept: true, sink: folder, skip: new Set() };
          },
        },
      });
      for (const timer of timers) clearTimeout(timer);
      expect([sent.status, received.status]).toEqual(['fulfilled', 'fulfilled']);
      expect([...folder.files.keys()].sort()).toEqual(shown.sort());
    }
  });
});
