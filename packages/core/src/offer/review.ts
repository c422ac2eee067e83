// The decision about an offer: asked for once, and kept to. What a later session of the transfer offers is held to what was
// accepted. docs/PROTOCOL.md section 10.

import type { ReceiveOptions, ReviewAnswer } from '../api/options.ts';
import { nextTurn, Pace } from '../async/pace.ts';
import type { DigestTable } from '../content/digest-table.ts';
import { offerPin } from '../crypto/offer-pin.ts';
import { RefusedChunks } from '../delta/refused-chunks.ts';
import { type Bytes, equalBytes } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import { TransferError } from '../foundation/errors.ts';
import { invariant } from '../foundation/invariant.ts';
import type { FolderSink } from '../ports/byte-sink.ts';
import { hasContent } from '../ports/entry.ts';
import { MAX_OFFERS } from '../wire/limits.ts';
import type { Manifest } from '../wire/manifest.ts';
import type { AcceptedOffer, Decision } from './decision.ts';
import { matchOffer, type OfferMatch } from './pinned-offer.ts';

type Accepted = ReviewAnswer & { accept: true };

interface Answered {
  manifest: Manifest;
  pin: Bytes;
  answer: Promise<ReviewAnswer>;
  /** Once the person has accepted. */
  accepted: Accepted | null;
}

/** Asks once whether an offer is wanted, and keeps the answer for further sessions. */
export class Review {
  /** Of all sessions. */
  readonly refusedChunks: RefusedChunks;
  readonly #options: ReceiveOptions;
  /** Paths that were delivered: nothing more is taken for them. */
  readonly #delivered = new Map<string, number>();
  /** Sizes that were agreed to since, by path. */
  readonly #agreed = new Map<string, number | null>();
  #offers = 0;
  /** Content of unknown size that came since the person accepted, in all sessions. */
  #unsizedBytes = 0;
  #answered: Answered | null = null;

  constructor(options: ReceiveOptions) {
    this.#options = options;
    const { refused = [], noteRefused = () => {} } = options;
    this.refusedChunks = new RefusedChunks(refused, noteRefused);
  }

  /**
   * Another offer is about to come.
   * @throws TransferError `limit-exceeded`, since each costs this end a check
   */
  countOffer(): void {
    this.#offers += 1;
    if (this.#offers <= MAX_OFFERS) return;
    const sentence = `The other side changed its offer ${MAX_OFFERS} times, which is more than p2p-copy follows.`;
    throw new TransferError('limit-exceeded', sentence);
  }

  /**
   * @throws TransferError `limit-exceeded`, or the code of the answer, when more comes of unknown size than was
   * accepted
   */
  countUnsized(bytes: number): void {
    this.#unsizedBytes += bytes;
    const { maxUnsizedBytes = Number.POSITIVE_INFINITY, maxUnsizedCode = 'limit-exceeded' } =
      this.#answered?.accepted ?? {};
    if (this.#unsizedBytes <= maxUnsizedBytes) return;
    const seen = maxUnsizedCode === 'no-space' ? 'was free when it was accepted' : 'was accepted';
    throw new TransferError(maxUnsizedCode, `More came of unknown size than ${seen}.`);
  }

  /** The file stands under its name: its path is closed for this transfer. */
  noteDelivered(path: string, sizeBytes: number): void {
    this.#delivered.set(path, sizeBytes);
  }

  /** What was delivered of an offer in this session, which `digests` counts, and in those before it. */
  totalsWith({ manifest, delivered }: AcceptedOffer, digests: DigestTable): { files: number; bytes: number } {
    let { bytes } = digests;
    for (const index of delivered) bytes += this.#delivered.get(manifest.entries[index]!.path) ?? 0;
    return { files: digests.files + delivered.size, bytes };
  }

  /** Tells the decision, unless the offer was taken back meanwhile. */
  async decide(
    manifest: Manifest,
    signal: AbortSignal,
    clock: Clock,
    tell: (decision: Decision) => void,
  ): Promise<void> {
    const decision = await this.#decide(manifest, signal, clock);
    if (decision !== null && !signal.aborted) tell(decision);
    else if (this.#answered?.accepted === null) this.#answered = null;
  }

  async #decide(manifest: Manifest, signal: AbortSignal, clock: Clock): Promise<Decision | null> {
    const pin = await offerPin(manifest.entries, () => nextTurn(clock));
    // It may have been taken back meanwhile: nobody is asked about a list that isn't offered any more.
    if (signal.aborted) return null;
    const before = this.#answered;
    if (before !== null && before.accepted !== null) {
      const match = await matchOffer(before.manifest.entries, manifest.entries, new Pace(clock));
      if (signal.aborted) return null;
      if (match !== null) return this.#again(manifest, pin, before.accepted, match, signal);
    }
    if (before === null || !equalBytes(before.pin, pin)) {
      const { files, bytes, unsized, unsent, entries } = manifest;
      const links = entries.reduce((count, { kind }) => (kind === 'link' ? count + 1 : count), 0);
      this.#options.onEvent({
        type: 'offer',
        files,
        bytes,
        unsized,
        ...(unsent !== undefined && { unsent }),
        ...(links > 0 && { links }),
      });
      const shown = { ...manifest, pin };
      this.#answered = { manifest, pin, answer: this.#options.review(shown, signal), accepted: null };
    }
    const answered = this.#answered!;
    const answer = await unlessAborted(answered.answer, signal);
    if (answer === null) return null;
    if (!answer.accept)
      return { type: 'refused', error: new TransferError(answer.code, answer.message), file: null };
    invariant(answer.pin === undefined || equalBytes(answer.pin, pin), 'what was shown is what is accepted');
    answered.accepted = answer;
    this.#unsizedBytes = 0;
    for (const index of answer.delivered ?? []) {
      const { path, sizeBytes } = manifest.entries[index]!;
      this.#delivered.set(path, sizeBytes ?? 0);
    }
    return { type: 'accepted', offer: this.#offerOf(manifest, pin, answer, new Set(answer.refused), null) };
  }

  /** The same offer in another session, or less than it. */
  async #again(
    manifest: Manifest,
    pin: Bytes,
    accepted: Accepted,
    match: OfferMatch,
    signal: AbortSignal,
  ): Promise<Decision | null> {
    const wasSkipped = (index: number) => accepted.skip.has(match.acceptedIndices[index]!);
    const changed = match.changed.filter(
      ({ path, index, sizeBytes }) =>
        !this.#delivered.has(path) && !wasSkipped(index) && this.#agreed.get(path) !== sizeBytes,
    );
    let agreed: ReadonlySet<number> | null = new Set();
    if (changed.length > 0 && this.#options.reviewChanged !== undefined)
      agreed = await unlessAborted(this.#options.reviewChanged(changed, signal), signal);
    if (agreed === null) return null;
    const refused = new Set<number>();
    for (const { path, index, sizeBytes } of changed) {
      if (agreed.has(index)) this.#agreed.set(path, sizeBytes);
      else refused.add(index);
    }
    const answer = {
      ...accepted,
      skip: new Set(manifest.entries.map(({ index }) => index).filter(wasSkipped)),
    };
    return { type: 'accepted', offer: this.#offerOf(manifest, pin, answer, refused, match.acceptedIndices) };
  }

  /** @param acceptedIndices null where they are the manifest's own. `answer.skip` is by the manifest's own indices. */
  #offerOf(
    manifest: Manifest,
    pin: Bytes,
    answer: Accepted,
    refused: ReadonlySet<number>,
    acceptedIndices: readonly number[] | null,
  ): AcceptedOffer {
    const appIndexOf = (index: number) => acceptedIndices?.[index] ?? index;
    const finals = answer.compareFinals ?? new Set<number>();
    const delivered = new Set<number>();
    const mayBeCompared = new Set<number>();
    for (const { index, path, kind } of manifest.entries) {
      if (hasContent(kind) && this.#delivered.has(path) && !answer.skip.has(index)) delivered.add(index);
      if (finals.has(appIndexOf(index))) mayBeCompared.add(index);
    }
    return {
      manifest,
      pin,
      sink: acceptedIndices === null ? answer.sink : reindexed(answer.sink, appIndexOf),
      skip: answer.skip,
      delivered,
      refused: new Set([...refused].filter((index) => !delivered.has(index) && !answer.skip.has(index))),
      compare: answer.compareParts === false ? null : { finals: mayBeCompared },
      appIndexOf,
    };
  }
}

/** The sink knows entries by their indices in the offer that was accepted. */
function reindexed(sink: FolderSink, appIndexOf: (index: number) => number): FolderSink {
  return {
    makeFolder: (path, settings) => sink.makeFolder(path, settings),
    openFile: (entry) => sink.openFile({ ...entry, index: appIndexOf(entry.index) }),
    findExisting: async (entry, withFinal) =>
      (await sink.findExisting?.({ ...entry, index: appIndexOf(entry.index) }, withFinal)) ?? null,
    finish: () => sink.finish(),
    ...(sink.finishWithout && { finishWithout: async () => sink.finishWithout?.() }),
    stop: () => sink.stop?.(),
  };
}

/** Null as soon as the signal is aborted, whatever becomes of the promise. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | null> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => resolve(null), { once: true });
    promise.then(resolve, reject);
  });
}
