// What a receiving side decides about an offer: where it goes, what is replaced, whether there is room. The policy is this
// side's own.
import { mkdir, realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { type Manifest, type ReviewAnswer, TransferError } from '@p2p-copy/core';
import { sinkError } from '../node/disk-error.ts';
import { createFolderSink } from '../node/folder-sink.ts';
import { bytesInParts, expectSpace, freeBytesIn } from '../node/free-space.ts';
import { nameRulesOf } from '../node/name-rules.ts';
import { expectWritableFolder, nearestFolder } from '../node/output-folder.ts';
import { type DecideOverwrite, type OverwritePlan, planOverwrites } from '../node/plan-overwrites.ts';
import { createWritableSink } from '../node/writable-sink.ts';
import { counted } from '../wording/amounts.ts';
import type { Conflict, ErrorCode, Offer, OverwriteAction, ReceiveResult } from './public-types.ts';

/** Reasons that help the sender, and whose sentences name nothing but what was offered. */
const TELLABLE = new Set<ErrorCode>(['no-space', 'exists', 'path-refused', 'name-impossible']);

/** What decides about an offer. */
export interface ReviewOptions {
  /** Folder to receive into. Default: the current one. */
  out?: string | undefined;
  /** A stream instead. */
  to?: Writable | undefined;
  overwrite:
    | 'skip'
    | 'rename'
    | 'always'
    | ((conflict: Conflict) => OverwriteAction | Promise<OverwriteAction>);
  accept?: ((offer: Offer) => boolean | Promise<boolean>) | undefined;
}

/** This side's decisions about an offer. */
export class Review {
  refusal: unknown = null;
  readonly #options: ReviewOptions;
  /** As named; relative to the current folder. */
  readonly #out: string;
  #manifest: Manifest | null = null;
  #plan: OverwritePlan | null = null;

  constructor(options: ReviewOptions) {
    this.#options = options;
    this.#out = options.out ?? '.';
  }

  async prepare(): Promise<void> {
    if (this.#options.to === undefined) await expectWritableFolder(this.#out);
  }

  async nameRules() {
    // A stream takes any name.
    if (this.#options.to !== undefined) return { windowsNames: false, foldsCase: false };
    return nameRulesOf(await nearestFolder(this.#out));
  }

  async decide(manifest: Manifest): Promise<ReviewAnswer> {
    try {
      return await this.#accept(manifest);
    } catch (error) {
      this.refusal = error;
      const isTellable = error instanceof TransferError && TELLABLE.has(error.code);
      if (!isTellable) return { accept: false, code: 'declined' };
      return { accept: false, code: error.code, message: error.message };
    }
  }

  outcome(): Pick<ReceiveResult, 'folder' | 'renamed' | 'skipped'> {
    const pathOf = (index: number) => this.#manifest!.entries[index]!.path;
    const renamed = [...(this.#plan?.renamed ?? [])];
    return {
      folder: this.#options.to === undefined ? resolve(this.#out) : null,
      renamed: renamed.map(([index, savedAs]) => ({ path: pathOf(index), savedAs })),
      skipped: [...(this.#plan?.skip ?? [])].map(pathOf),
    };
  }

  async #accept(manifest: Manifest): Promise<ReviewAnswer> {
    this.#manifest = manifest;
    const { to } = this.#options;
    if (to !== undefined) {
      expectSingle(manifest);
      await this.#ask(manifest, null);
      return { accept: true, sink: createWritableSink(to), skip: new Set() };
    }

    const freeBytes = await freeBytesIn(await nearestFolder(this.#out));
    await this.#ask(manifest, freeBytes);
    const plan = await planOverwrites({
      root: this.#out,
      manifest,
      rules: await this.nameRules(),
      decide: decisionOf(this.#options.overwrite),
    });
    this.#plan = plan;
    const wanted = manifest.entries.filter(({ index }) => !plan.skip.has(index));
    const neededBytes = wanted.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
    if (freeBytes !== null && neededBytes > freeBytes) {
      expectSpace(neededBytes - (await bytesInParts(this.#out, plan.finalPaths)), freeBytes);
    }
    // A message leaves no trace on the disk, not even an empty folder.
    const root = wanted.some(({ kind }) => kind !== 'text')
      ? await madeFolder(this.#out)
      : resolve(this.#out);
    return { accept: true, sink: createFolderSink({ root, ...plan }), skip: plan.skip };
  }

  async #ask(manifest: Manifest, freeBytes: number | null): Promise<void> {
    const accepted = await (this.#options.accept?.({ ...manifest, freeBytes }) ?? true);
    if (!accepted) throw new TransferError('declined', 'You declined the offer.');
  }
}

function decisionOf(overwrite: ReviewOptions['overwrite']): DecideOverwrite {
  if (typeof overwrite === 'function') return overwrite;
  return () => (overwrite === 'always' ? 'replace' : overwrite);
}

function expectSingle({ entries, files }: Manifest): void {
  if (entries.length === 1 && entries[0]!.kind !== 'folder') return;
  const found = entries.some(({ kind }) => kind === 'folder') ? 'a folder' : counted(files, 'file');
  throw new TransferError(
    'declined',
    `A stream takes one file or message, but ${found} came; it was declined.`,
  );
}

async function madeFolder(out: string): Promise<string> {
  try {
    await mkdir(out, { recursive: true });
    return await realpath(out);
  } catch (error) {
    throw sinkError(error, out);
  }
}
