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
import { placesOn } from '../node/disk/asked-names.ts';
import { freeBytesIn } from '../node/disk/free-space.ts';
import { makesLinks } from '../node/disk/makes-links.ts';
import { expectWritableFolder, madeFolder, nearestFolder } from '../node/disk/output-folder.ts';
import { DiskRefusals } from '../node/parts/disk-refusals.ts';
import { claimPartSlot, type PartSlot } from '../node/parts/part-slot.ts';
import { planOverwrites } from '../node/sinks/plan-overwrites.ts';
import type { PartsSink, RemovedParts } from '../node/sinks/remove-parts.ts';
import { ReplacedFiles } from '../node/sinks/replaced-files.ts';
import { createWritableSink } from '../node/sinks/writable-sink.ts';
import { nodeClock } from '../node/time/clock.ts';
import { acceptedOffer, type DecidedOffer, knownOffer, rangesOf } from './accepted-offer.ts';
import { Arrivals, savingSink } from './arrivals.ts';
import { changesIn, partOf, unmatchedEntries, unwantedBy } from './chosen-part.ts';
import {
  decideChanged,
  decideCompared,
  decisionOf,
  expectRoom,
  expectSingle,
  type ReviewOptions,
} from './decide-content.ts';
import type { AcceptedOffer, ErrorCode, Offer, ReceiveResult } from './public-types.ts';
import { decideRisky, NO_NAMES, NOTHING_RISKY, riskyWhere, surveyOffer } from './risky-files.ts';

/** Reasons that help the sender, and whose sentences name nothing but what was offered. */
const TELLABLE = new Set<ErrorCode>(['no-space', 'exists', 'path-refused', 'name-impossible', 'cancelled']);

/** This side's decisions about an offer. */
export class Review {
  refusal: unknown = null;
  /** What the disk refused beside content, in all sessions. */
  readonly refusals = new DiskRefusals();
  /** What folders of the offer replace, in all sessions. */
  readonly replaced = new ReplacedFiles();
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
  /** Indices of entries that were not chosen. */
  #unwanted: ReadonlySet<number> = new Set();
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

  /** Whether the offer may have links. What was accepted has those that it has, and no others come. */
  async makesLinks(): Promise<boolean> {
    const { to, accepted } = this.#options;
    if (accepted !== undefined) return accepted.links !== undefined;
    return to === undefined && makesLinks(await nearestFolder(this.#out));
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
    const unwanted = this.#unwanted;
    const only = this.#only;
    return {
      ...accepted,
      ...(only !== undefined && { only }),
      ...(leftOut.size > 0 && { leftOut: rangesOf(leftOut), unasked }),
      ...(unwanted.size > 0 && { unwanted: rangesOf(unwanted) }),
      ...own,
    };
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
        .filter(
          (index) =>
            !risky.leftOut.has(index) &&
            !this.#unwanted.has(index) &&
            this.#manifest!.entries[index]!.kind !== 'folder',
        )
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
      const unmatched = unmatchedEntries(manifest, this.#only, { keepsFolders: false });
      expectSingle(partOf(manifest, unmatched));
      const skip = await this.#ask(manifest, { names: NO_NAMES, freeBytes: null }, unmatched, signal);
      this.#stream ??= createWritableSink(to);
      return { accept: true, sink: this.#stream, skip, ...this.#bound(null) };
    }

    const { accepted, compares, delivered = new Set() } = this.#options;
    const freeBytes = await freeBytesIn(await nearestFolder(this.#out));
    const known = accepted === undefined ? null : await knownOffer(accepted, manifest);
    this.#noted = known === null ? null : accepted!;
    if (known !== null) this.#unwanted = known.unwanted;
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
    const isSaved = wanted.some(({ kind }) => kind !== 'text');
    const root = isSaved ? await madeFolder(this.#out) : resolve(this.#out);
    this.#slot ??= claimPartSlot(root, accepted?.partSlot);
    const sink = savingSink(manifest, plan, arrivals, {
      root,
      slot: this.#slot.slot,
      replaced: this.replaced,
      compares,
      readsBack: this.#options.readsBack,
      refusals: this.refusals,
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
    const unmatched = unmatchedEntries(manifest, this.#only);
    const shown = unmatched.size === 0 ? survey : await surveyOffer(partOf(manifest, unmatched), this.#out);
    const unwanted = await this.#ask(manifest, { names: nameCounts(shown), freeBytes }, unmatched, signal);
    this.#unwanted = unwanted;
    const folder = await nearestFolder(this.#out);
    const { placed, foldsCase, grainMs } = await placesOn(folder, manifest, nodeClock);
    const landed = await riskyWhere(placed, manifest, survey, this.#out);
    this.#risky = await decideRisky(manifest, landed, unwanted, this.#options.risky, signal);
    const { leftOut } = this.#risky;
    const wanted = partOf(manifest, new Set([...leftOut, ...unwanted]));
    const { overwrite, compares } = this.#options;
    const compared = await decideCompared(wanted, placed, this.#options, signal);
    const plan = await planOverwrites({
      root: this.#out,
      manifest: wanted,
      placed,
      foldsCase,
      grainMs,
      // What is to be left out or replaced is, whatever it holds.
      compares: compares && (overwrite === 'rename' || typeof overwrite === 'function'),
      decide: decisionOf(overwrite, signal),
      signal,
    });
    for (const index of [...leftOut, ...unwanted]) plan.skip.add(index);
    await expectRoom(manifest, plan, { out: this.#out, freeBytes, compared, grainMs });
    return { ...plan, compared };
  }

  /** Patterns hold for all offers of a transfer, in later processes too. */
  get #only(): readonly string[] | undefined {
    return this.#options.only ?? this.#options.accepted?.only;
  }

  #leftOut(): LeftOut | null {
    const { leftOut } = this.#risky;
    return this.#manifest === null ? null : leftOutOf(this.#manifest.entries, (index) => leftOut.has(index));
  }

  async #ask(
    manifest: Manifest,
    { names, freeBytes }: Pick<Offer, 'names' | 'freeBytes'>,
    unmatched: ReadonlySet<number>,
    signal: AbortSignal,
  ): Promise<Set<number>> {
    const { entries, files, bytes, unsized } = partOf(manifest, unmatched);
    const { unsent = 0 } = manifest;
    const { maxUnsizedBytes = null } = this.#bound(freeBytes);
    const isAnother = this.#hasAccepted;
    const allChanges = await this.#first.changesOf(manifest.entries, new Pace(nodeClock));
    const changes = changesIn(allChanges, unmatched);
    const told = { entries, files, bytes, unsized, unsent, changes, names };
    const offer = { ...told, freeBytes, maxUnsizedBytes, isAnother };
    const answer = await (this.#options.accept?.(offer, signal) ?? !isAnother);
    return unwantedBy(answer, entries, unmatched);
  }
}
