// What a receiving side decides about an offer: where it goes, what is replaced, whether there is room. The policy is this
// side's own.
import { mkdir, realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import {
  type LeftOut,
  leftOutOf,
  type Manifest,
  nameCounts,
  type ReviewAnswer,
  TransferError,
} from '@p2p-copy/core';
import { sinkError } from '../node/disk-error.ts';
import { createFolderSink } from '../node/folder-sink.ts';
import { bytesInPlace, expectSpace, freeBytesIn } from '../node/free-space.ts';
import { nameRulesOf } from '../node/name-rules.ts';
import { expectWritableFolder, nearestFolder } from '../node/output-folder.ts';
import { type DecideOverwrite, type OverwritePlan, planOverwrites } from '../node/plan-overwrites.ts';
import { createWritableSink } from '../node/writable-sink.ts';
import { counted } from '../wording/amounts.ts';
import { acceptedOffer, indicesOf, planOf, rangesOf } from './accepted-offer.ts';
import { Arrivals } from './arrivals.ts';
import type {
  AcceptedOffer,
  Conflict,
  ErrorCode,
  Offer,
  OverwriteAction,
  ReceiveResult,
  RiskyPolicy,
} from './public-types.ts';
import { decideRisky, NOTHING_RISKY, type RiskyDecision, surveyOffer } from './risky-files.ts';

/** Reasons that help the sender, and whose sentences name nothing but what was offered. */
const TELLABLE = new Set<ErrorCode>(['no-space', 'exists', 'path-refused', 'name-impossible', 'cancelled']);

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
    | ((conflict: Conflict, signal: AbortSignal) => OverwriteAction | Promise<OverwriteAction>);
  /** Whether what is there is compared before it is decided about. */
  compares: boolean;
  /** Whether every file is read back before it gets its name. */
  readsBack: boolean;
  /** Of the transfer that is resumed: an offer of the same names isn't reviewed again. */
  accepted?: AcceptedOffer | undefined;
  accept?: ((offer: Offer, signal: AbortSignal) => boolean | Promise<boolean>) | undefined;
  /** What becomes of files that some system obeys where they land. A stream has no such place. */
  risky: RiskyPolicy;
  /** Told of those that are left out. */
  onLeftOut?(leftOut: LeftOut): void;
}

/** This side's decisions about an offer. */
export class Review {
  refusal: unknown = null;
  readonly #options: ReviewOptions;
  /** As named; relative to the current folder. */
  readonly #out: string;
  #manifest: Manifest | null = null;
  #plan: OverwritePlan | null = null;
  #arrivals: Arrivals | null = null;
  #risky = NOTHING_RISKY;
  #decision: Promise<unknown> = Promise.resolve();

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

  /** @param signal aborted when the offer is taken back: the next one waits until this decision is over */
  decide(manifest: Manifest, signal: AbortSignal): Promise<ReviewAnswer> {
    const before = this.#decision;
    const decision = before.then(() => this.#decide(manifest, signal));
    this.#decision = decision;
    return decision;
  }

  async #decide(manifest: Manifest, signal: AbortSignal): Promise<ReviewAnswer> {
    try {
      return await this.#accept(manifest, signal);
    } catch (error) {
      if (!signal.aborted) this.refusal = error;
      const isTellable = error instanceof TransferError && TELLABLE.has(error.code);
      if (!isTellable) return { accept: false, code: 'declined' };
      return { accept: false, code: error.code, message: error.message };
    }
  }

  /** The entry of that index stands verified under its name. */
  noteDone(index: number): void {
    this.#arrivals?.done(index);
  }

  /** What it takes to resume; null where that can't be: for streams and messages. */
  get accepted(): AcceptedOffer | null {
    const manifest = this.#manifest;
    const isSteady = manifest?.entries.every(({ kind, sizeBytes }) => kind !== 'text' && sizeBytes !== null);
    if (manifest === null || this.#plan === null || !isSteady) return null;
    const accepted = acceptedOffer(manifest, this.#plan);
    const { leftOut, unasked } = this.#risky;
    return leftOut.size === 0 ? accepted : { ...accepted, leftOut: rangesOf(leftOut), unasked };
  }

  outcome(): Pick<ReceiveResult, 'folder' | 'renamed' | 'alreadyThere' | 'skipped' | 'leftOut'> {
    const risky = this.#risky;
    const leftOut = this.#leftOut();
    return {
      folder: this.#options.to === undefined ? resolve(this.#out) : null,
      renamed: this.#arrivals?.renamed ?? [],
      alreadyThere: this.#arrivals?.alreadyThere ?? 0,
      skipped: [...(this.#plan?.skip ?? [])]
        .filter((index) => !risky.leftOut.has(index))
        .map((index) => this.#manifest!.entries[index]!.path),
      ...(leftOut !== null && { leftOut: { ...leftOut, unasked: risky.unasked } }),
    };
  }

  async #accept(manifest: Manifest, signal: AbortSignal): Promise<ReviewAnswer> {
    this.#manifest = manifest;
    const { to } = this.#options;
    if (to !== undefined) {
      expectSingle(manifest);
      await this.#ask(manifest, { names: NO_NAMES, freeBytes: null }, signal);
      return { accept: true, sink: createWritableSink(to), skip: new Set() };
    }

    const { accepted, compares } = this.#options;
    const before = accepted === undefined ? null : planOf(accepted, manifest);
    if (before !== null) this.#risky = decidedBefore(accepted!, manifest);
    const plan = before ?? (await this.#decidePlan(manifest, signal));
    this.#plan = plan;
    const leftOut = this.#leftOut();
    if (leftOut !== null) this.#options.onLeftOut?.(leftOut);
    const arrivals = new Arrivals(manifest);
    this.#arrivals = arrivals;
    const wanted = manifest.entries.filter(({ index }) => !plan.skip.has(index));
    // A message leaves no trace on the disk, not even an empty folder.
    const root = wanted.some(({ kind }) => kind !== 'text')
      ? await madeFolder(this.#out)
      : resolve(this.#out);
    const sink = createFolderSink({
      root,
      ...plan,
      compares,
      readsBack: this.#options.readsBack,
      onSaved: (index, path) => arrivals.saved(index, path),
      onFound: (index, path) => arrivals.found(index, path),
    });
    return { accept: true, sink, skip: plan.skip };
  }

  /** Errors: `declined`, `no-space`, those of `planOverwrites`. */
  async #decidePlan(manifest: Manifest, signal: AbortSignal): Promise<OverwritePlan> {
    const freeBytes = await freeBytesIn(await nearestFolder(this.#out));
    const survey = await surveyOffer(manifest, this.#out);
    await this.#ask(manifest, { names: nameCounts(survey), freeBytes }, signal);
    this.#risky = await decideRisky(manifest, survey, this.#options.risky, signal);
    const { leftOut } = this.#risky;
    const { overwrite, compares } = this.#options;
    const plan = await planOverwrites({
      root: this.#out,
      manifest: { ...manifest, entries: manifest.entries.filter(({ index }) => !leftOut.has(index)) },
      rules: await this.nameRules(),
      // What is to be left out or replaced is, whatever it holds.
      compares: compares && (overwrite === 'rename' || typeof overwrite === 'function'),
      decide: decisionOf(overwrite, signal),
      signal,
    });
    for (const index of leftOut) plan.skip.add(index);
    const files = manifest.entries
      .filter(({ kind, index }) => kind !== 'text' && !plan.skip.has(index))
      .map((entry) => ({ ...entry, path: plan.renamed.get(entry.index) ?? entry.path }));
    const neededBytes = files.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
    if (freeBytes !== null && neededBytes > freeBytes) {
      expectSpace(neededBytes - (await bytesInPlace(this.#out, files)), freeBytes);
    }
    return plan;
  }

  #leftOut(): LeftOut | null {
    const { leftOut } = this.#risky;
    return this.#manifest === null ? null : leftOutOf(this.#manifest.entries, (index) => leftOut.has(index));
  }

  async #ask(
    manifest: Manifest,
    more: Pick<Offer, 'names' | 'freeBytes'>,
    signal: AbortSignal,
  ): Promise<void> {
    const accepted = await (this.#options.accept?.({ ...manifest, ...more }, signal) ?? true);
    if (!accepted) throw new TransferError('declined', 'You declined the offer.');
  }
}

/** A stream obeys no name. */
const NO_NAMES = { risky: 0, hidden: 0, programs: 0 };

function decidedBefore({ leftOut = [], unasked = false }: AcceptedOffer, manifest: Manifest): RiskyDecision {
  return { leftOut: indicesOf(leftOut, manifest), unasked };
}

function decisionOf(overwrite: ReviewOptions['overwrite'], signal: AbortSignal): DecideOverwrite {
  if (typeof overwrite === 'function') return (conflict) => overwrite(conflict, signal);
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
