// The sender's person changes what is offered, before and after someone has joined, until it is accepted.
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { EFFORT_TIMEOUT_MS, forEachSeed, repeatCommand } from '../../../../test/faults/effort.ts';
import { seededRandom } from '../../../../test/faults/seeded-random.ts';
import type { ReviewAnswer } from '../../src/api/options.ts';
import type { SourceEntry } from '../../src/ports/byte-source.ts';
import type { Manifest } from '../../src/wire/manifest.ts';
import { fileEntry, MemoryFolder } from '../transfer/rig/memory-files.ts';
import { MemoryRelay } from '../transfer/rig/memory-relay.ts';
import { runPair } from '../transfer/rig/run-pair.ts';

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

  it('at any moment leaves both ends with the same one', { timeout: EFFORT_TIMEOUT_MS }, async () => {
    await forEachSeed(async (seed) => {
      const random = seededRandom(seed);
      const folder = new MemoryFolder();
      const relay = new MemoryRelay();
      let revise: Revise = () => {};
      let shown: string[] = [];
      // Such a transfer takes twenty to thirty messages.
      const moments = Array.from({ length: 6 }, () => random.whole(0, 30));
      let passed = 0;
      relay.tamper = (_from, bytes) => {
        if (moments.includes(passed++)) revise(Promise.resolve(files.slice(random.whole(0, 10))));
        return [bytes];
      };
      const { sent, received } = await runPair([first], {
        relay,
        send: {
          onRevisable: (given) => {
            revise = given;
          },
        },
        receive: {
          review: async ({ entries }) => {
            shown = pathsOf(entries);
            for (let turns = random.whole(0, 20); turns > 0; turns -= 1) await turn();
            return { accept: true, sink: folder, skip: new Set() };
          },
        },
      });
      const again = `again: ${repeatCommand(seed)} packages/core/test/offer/revise.test.ts`;
      expect([sent.status, received.status], again).toEqual(['fulfilled', 'fulfilled']);
      expect([...folder.files.keys()].sort(), again).toEqual(shown.sort());
    });
  });
});

/** One turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
