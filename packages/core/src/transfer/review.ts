// The decision about an offer: asked for once, also when the same offer comes again in another session.
import { TransferError } from '../foundation/errors.ts';
import { MAX_OFFERS } from '../wire/limits.ts';
import type { Manifest } from '../wire/manifest.ts';
import type { ReceiveOptions, ReviewAnswer } from './options.ts';
import type { ReceiverEvent } from './receiver-machine.ts';

/** Asks once whether an offer is wanted, and keeps the answer for further sessions. */
export class Review {
  readonly #options: ReceiveOptions;
  /** What an earlier session left to deliver; null for everything. */
  #left: ReadonlySet<number> | null = null;
  #offers = 0;
  #answered: { manifest: Manifest; answer: Promise<ReviewAnswer> } | null = null;

  constructor(options: ReceiveOptions) {
    this.#options = options;
  }

  /** Another offer is about to come. Errors: `limit-exceeded`, since each costs this end a check. */
  countOffer(): void {
    this.#offers += 1;
    if (this.#offers <= MAX_OFFERS) return;
    const sentence = `The other side changed its offer ${MAX_OFFERS} times, which is more than p2p-copy follows.`;
    throw new TransferError('limit-exceeded', sentence);
  }

  /** The others are here, and needn't be offered another time. */
  keepOnly(left: ReadonlySet<number>): void {
    this.#left = left;
  }

  /** Tells the decision, unless the offer was taken back meanwhile. */
  async decide(
    manifest: Manifest,
    signal: AbortSignal,
    tell: (decision: ReceiverEvent) => void,
  ): Promise<void> {
    const decision = await this.#decide(manifest, signal);
    if (decision !== null && !signal.aborted) tell(decision);
    else this.#answered = null;
  }

  async #decide(manifest: Manifest, signal: AbortSignal): Promise<ReceiverEvent | null> {
    if (this.#answered === null || !haveSameNames(this.#answered.manifest, manifest)) {
      const { files, bytes, unsized } = manifest;
      this.#options.onEvent({ type: 'offer', files, bytes, unsized });
      this.#answered = { manifest, answer: this.#options.review(manifest, signal) };
    }
    const answer = await unlessAborted(this.#answered.answer, signal);
    if (answer === null) return null;
    if (answer.accept) return { type: 'accepted', manifest, answer: this.#withoutDone(manifest, answer) };
    return { type: 'refused', error: new TransferError(answer.code, answer.message), file: null };
  }

  #withoutDone({ entries }: Manifest, answer: Accepted): Accepted {
    const left = this.#left;
    if (left === null) return answer;
    const done = entries.filter(({ index }) => !left.has(index)).map(({ index }) => index);
    return { ...answer, skip: new Set([...answer.skip, ...done]) };
  }
}

/** Null as soon as the signal is aborted, whatever becomes of the promise. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | null> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => resolve(null), { once: true });
    promise.then(resolve, reject);
  });
}

type Accepted = ReviewAnswer & { accept: true };

/** Files may have changed since; what was accepted is where they go. */
function haveSameNames(a: Manifest, b: Manifest): boolean {
  return (
    a.entries.length === b.entries.length &&
    a.entries.every(({ kind, path }, i) => kind === b.entries[i]!.kind && path === b.entries[i]!.path)
  );
}
