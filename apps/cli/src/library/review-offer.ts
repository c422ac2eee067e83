// What a receiving side decides about an offer: where it goes, what is replaced, whether there is room. The policy is this
// side's own.
import { resolve } from 'node:path';
import {
  type AcceptingAnswer,
  type ChangedFile,
  FirstOffer,
  type FolderSink,
  type LeftOut,
  leftOutOf,
  type Manifest,
  nameCounts,
  Pace,
  type ReviewAnswer,
  TransferError,
} from '@p2p-copy/core';
import { nodeClock } from '../node/clock.ts';
import { placesOn } from '../node/disk/asked-names.ts';
import { bytesInPlace, expectSpace, freeBytesIn } from '../node/disk/free-space.ts';
import { expectWritableFolder, madeFolder, nearestFolder } from '../node/disk/output-folder.ts';
import { claimPartSlot, type PartSlot } from '../node/parts/part-slot.ts';
import { DiskRefusals } from '../node/sinks/disk-refusals.ts';
import { createFolderSink } from '../node/sinks/folder-sink.ts';
import { placedFolders, planOverwrites, replacingFolders } from '../node/sinks/plan-overwrites.ts';
import type { PartsSink, RemovedParts } from '../node/sinks/remove-parts.ts';
import { createWritableSink } from '../node/sinks/writable-sink.ts';
import { acceptedOffer, type DecidedOffer, knownOffer, rangesOf } from './accepted-offer.ts';
import { Arrivals } from './arrivals.ts';
import { decideChanged, decideCompared, decisionOf, expectSingle } from './decide-content.ts';
import type { AcceptedOffer, ErrorCode, Offer, ReceiveResult } from './public-types.ts';
import type { ReviewOptions } from './review-options.ts';
import { decideRisky, NO_NAMES, NOTHING_RISKY, riskyWhere, surveyOffer } from './risky-files.ts';

/** Reasons that help the sender, and whose sentences name nothing but what was offered. */
const TELLABLE = new Set<ErrorCode>(['no-space', 'exists', 'path-refused', 'name-impossible', 'cancelled']);

/** This side's decisions about an offer. */
export class Review {
  refusal: unknown = null;
  /** What the disk refused beside content, in all sessions. */
  readonly refusals = new DiskRefusals();
  readonly #options: ReviewOptions;
  /** As named; relative to the current folder. */
  readonly #out: string;
  #manifest: Manifest | null = null;
  #plan: DecidedOffer | null = null;
  #noted: AcceptedOffer | null = null;
  #hasAccepted = false;
  readonly #first = new FirstOffer();
  #arrivals: Arrivals | null = null;
  #slot: PartSlot | null = null;
  #risky = NOTHING_RISKY;
  /** Over all offers: what has gone to the stream can't be taken back. */
  #stream: FolderSink | null = null;
  #sink: PartsSink | null = null;
  #decision: Promise<unknown> = Promise.resolve();

  constructor(options: ReviewOptions) {
    this.#options = options;
    this.#out = options.out ?? '.';
  }

  async prepare(): Promise<void> {
    if (this.#options.to === undefined) await expectWritableFolder(this.#out);
  }

  /** The transfer is over: others may have its parts. */
  release(): void {
    this.#slot?.release();
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
      const answer = await this.#accept(manifest, signal);
      this.#hasAccepted ||= !signal.aborted;
      return answer;
    } catch (error) {
      if (!signal.aborted) this.refusal = error;
      const isTellable = error instanceof TransferError && TELLABLE.has(error.code);
      if (!isTellable) return { accept: false, code: 'declined' };
      return { accept: false, code: error.code, message: error.message };
    }
  }

  /** The entry of that index stands verified under its name. Gives its path; null for a message. */
  noteDone(index: number): string | null {
    this.#arrivals?.done(index);
    const entry = this.#manifest?.entries[index];
    return entry?.kind === 'file' ? entry.path : null;
  }

  /** The indices of those that are wanted as they are now. */
  decideChanged(changed: readonly ChangedFile[], signal: AbortSignal): Promise<Set<number>> {
    return decideChanged(changed, this.#options, signal);
  }

  /** What it takes to resume; null where that can't be: for streams and messages. */
  get accepted(): AcceptedOffer | null {
    // What is offered later may be less: it is held to what the person saw.
    const own = this.#slot?.slot ? { partSlot: this.#slot.slot } : {};
    if (this.#noted !== null) return { ...this.#noted, ...own };
    const manifest = this.#manifest;
    const isSteady = manifest?.entries.every(({ kind, sizeBytes }) => kind !== 'text' && sizeBytes !== null);
    if (manifest === null || this.#plan === null || !isSteady) return null;
    const accepted = acceptedOffer(manifest, this.#plan, this.#options.acceptChanged === undefined);
    const { leftOut, unasked } = this.#risky;
    return { ...accepted, ...(leftOut.size > 0 && { leftOut: rangesOf(leftOut), unasked }), ...own };
  }

  /** Removes unfinished files, once the transfer has ended. */
  removeParts(): RemovedParts {
    return this.#sink?.removeParts() ?? { removed: 0, left: [] };
  }

  outcome(): Pick<
    ReceiveResult,
    'folder' | 'renamed' | 'mapped' | 'alreadyThere' | 'skipped' | 'leftOut' | 'unsent' | 'diskRefused'
  > {
    const risky = this.#risky;
    const leftOut = this.#leftOut();
    const mapped = this.#arrivals?.mapped ?? [];
    return {
      folder: this.#options.to === undefined ? resolve(this.#out) : null,
      renamed: this.#arrivals?.renamed ?? [],
      ...(mapped.length > 0 && { mapped }),
      alreadyThere: this.#arrivals?.alreadyThere ?? 0,
      skipped: [...(this.#plan?.skip ?? [])]
        .filter((index) => !risky.leftOut.has(index) && this.#manifest!.entries[index]!.kind !== 'folder')
        .map((index) => this.#manifest!.entries[index]!.path),
      ...(this.refusals.settings.length > 0 && { diskRefused: this.refusals.settings }),
      ...(this.#manifest?.unsent !== undefined && { unsent: this.#manifest.unsent }),
      ...(leftOut !== null && { leftOut: { ...leftOut, unasked: risky.unasked } }),
    };
  }

  async #accept(manifest: Manifest, signal: AbortSignal): Promise<ReviewAnswer> {
    this.#manifest = manifest;
    const { to } = this.#options;
    if (to !== undefined) {
      expectSingle(manifest);
      await this.#ask(manifest, { names: NO_NAMES, freeBytes: null }, signal);
      this.#stream ??= createWritableSink(to);
      return { accept: true, sink: this.#stream, skip: new Set(), ...this.#bound(null) };
    }

    const { accepted, compares, delivered = new Set() } = this.#options;
    const freeBytes = await freeBytesIn(await nearestFolder(this.#out));
    const known = accepted === undefined ? null : await knownOffer(accepted, manifest);
    this.#noted = known === null ? null : accepted!;
    if (known !== null) this.#risky = { leftOut: known.leftOut, unasked: accepted!.unasked ?? false };
    const plan = known ?? (await this.#decidePlan(manifest, freeBytes, signal));
    const changed = (known?.changed ?? []).filter(
      ({ path, index }) => !delivered.has(path) && !plan.skip.has(index),
    );
    const agreed = changed.length > 0 ? await this.decideChanged(changed, signal) : new Set();
    this.#plan = plan;
    const leftOut = this.#leftOut();
    if (leftOut !== null) this.#options.onLeftOut?.(leftOut);
    const arrivals = new Arrivals(manifest, plan.placed);
    this.#arrivals = arrivals;
    const wanted = manifest.entries.filter(({ index }) => !plan.skip.has(index));
    // A message leaves no trace on the disk, not even an empty folder.
    const root = wanted.some(({ kind }) => kind !== 'text')
      ? await madeFolder(this.#out)
      : resolve(this.#out);
    this.#slot ??= claimPartSlot(root, accepted?.partSlot);
    const sink = createFolderSink({
      root,
      slot: this.#slot.slot,
      ...plan,
      folders: placedFolders(manifest, plan),
      replacingFolders: replacingFolders(manifest, plan),
      compares,
      readsBack: this.#options.readsBack,
      refusals: this.refusals,
      onSaved: (index, path) => arrivals.saved(index, path),
      onFound: (index, path) => arrivals.found(index, path),
    });
    this.#sink = sink;
    return {
      accept: true,
      sink,
      skip: plan.skip,
      compareParts: compares,
      compareFinals: compares ? plan.compared : new Set(),
      delivered: new Set(
        manifest.entries.filter(({ path }) => delivered.has(path)).map(({ index }) => index),
      ),
      refused: new Set(changed.filter(({ index }) => !agreed.has(index)).map(({ index }) => index)),
      ...this.#bound(freeBytes),
    };
  }

  /** Content of unknown size may come to what the person saw. */
  #bound(freeBytes: number | null): Pick<AcceptingAnswer, 'maxUnsizedBytes' | 'maxUnsizedCode'> {
    const { maxUnsizedBytes } = this.#options;
    if (maxUnsizedBytes !== undefined) return { maxUnsizedBytes };
    return freeBytes === null ? {} : { maxUnsizedBytes: freeBytes, maxUnsizedCode: 'no-space' };
  }

  /** @throws TransferError `declined`, `no-space`, those of `planOverwrites` */
  async #decidePlan(
    manifest: Manifest,
    freeBytes: number | null,
    signal: AbortSignal,
  ): Promise<DecidedOffer> {
    const survey = await surveyOffer(manifest, this.#out);
    await this.#ask(manifest, { names: nameCounts(survey), freeBytes }, signal);
    const { placed, foldsCase, grainMs } = await placesOn(
      await nearestFolder(this.#out),
      manifest,
      nodeClock,
    );
    const landed = await riskyWhere(placed, manifest, survey, this.#out);
    this.#risky = await decideRisky(manifest, landed, this.#options.risky, signal);
    const { leftOut } = this.#risky;
    const { overwrite, compares } = this.#options;
    const compared = await decideCompared(manifest, placed, this.#options, signal);
    const plan = await planOverwrites({
      root: this.#out,
      manifest: { ...manifest, entries: manifest.entries.filter(({ index }) => !leftOut.has(index)) },
      placed,
      foldsCase,
      grainMs,
      // What is to be left out or replaced is, whatever it holds.
      compares: compares && (overwrite === 'rename' || typeof overwrite === 'function'),
      decide: decisionOf(overwrite, signal),
      signal,
    });
    for (const index of leftOut) plan.skip.add(index);
    const files = manifest.entries
      .filter(({ kind, index }) => kind !== 'text' && !plan.skip.has(index))
      .map((entry) => ({ ...entry, path: plan.placed.pathOf(entry) }));
    const neededBytes = files.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
    if (freeBytes !== null && neededBytes > freeBytes) {
      expectSpace(neededBytes - (await bytesInPlace(this.#out, files, compared, grainMs)), freeBytes);
    }
    return { ...plan, compared };
  }

  #leftOut(): LeftOut | null {
    const { leftOut } = this.#risky;
    return this.#manifest === null ? null : leftOutOf(this.#manifest.entries, (index) => leftOut.has(index));
  }

  async #ask(
    manifest: Manifest,
    { names, freeBytes }: Pick<Offer, 'names' | 'freeBytes'>,
    signal: AbortSignal,
  ): Promise<void> {
    const { entries, files, bytes, unsized, unsent = 0 } = manifest;
    const { maxUnsizedBytes = null } = this.#bound(freeBytes);
    const isAnother = this.#hasAccepted;
    const changes = await this.#first.changesOf(entries, new Pace(nodeClock));
    const told = { entries, files, bytes, unsized, unsent, changes, names };
    const offer = { ...told, freeBytes, maxUnsizedBytes, isAnother };
    const accepted = await (this.#options.accept?.(offer, signal) ?? !isAnother);
    if (!accepted) throw new TransferError('declined', 'You declined the offer.');
  }
}
