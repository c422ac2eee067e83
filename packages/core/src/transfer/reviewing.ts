// The phase in which a receiver reads what is offered, and its person decides. The sender may take an offer back meanwhile.

import { Pace } from '../async/pace.ts';
import type { Clock } from '../foundation/clock.ts';
import { TransferError } from '../foundation/errors.ts';
import type { Decision, Refusal } from '../offer/decision.ts';
import { Listing } from '../offer/listing.ts';
import type { Review } from '../offer/review.ts';
import type { NameRules } from '../ports/byte-sink.ts';
import type { ControlMessage } from '../wire/control-message.ts';
import { LINKS } from '../wire/greeting.ts';
import type { OpenedSession } from './opened-session.ts';

/** What reviewing an offer needs of its session, and whom it tells. */
export interface ReviewingContext {
  review: Review;
  nameRules: NameRules;
  clock: Clock;
  /**
   * Waits for what receiving needs beside a yes.
   * @throws TransferError `load-failed`
   */
  prepare(): Promise<unknown>;
  /** Aborted when the session ends. */
  signal: AbortSignal;
}

/** The offers of one session, until one of them is decided about. */
export class Reviewing {
  readonly session: OpenedSession;
  readonly #context: ReviewingContext;
  readonly #listing: Listing;
  /** Aborted when what is asked about isn't offered any more. */
  #asking = new AbortController();
  #isDecided = false;

  constructor(session: OpenedSession, context: ReviewingContext) {
    this.session = session;
    this.#context = context;
    this.#listing = new Listing(context.nameRules, session.features.includes(LINKS), () =>
      context.review.countOffer(),
    );
    const stopAsking = () => {
      if (!this.#isDecided) this.#asking.abort();
    };
    context.signal.addEventListener('abort', stopAsking, { once: true });
  }

  /**
   * Takes a page of the manifest; its first fault, or null.
   * @throws TransferError those of `Listing`
   */
  add(page: readonly unknown[]): Refusal | null {
    return this.#listing.add(page);
  }

  /**
   * Has the whole offer decided about; nothing is told of one that is taken back meanwhile.
   * @throws TransferError those of `Listing`, `load-failed`
   */
  async decide(
    { entries, unsent }: ControlMessage & { type: 'manifest-end' },
    tell: (decision: Decision) => void,
  ): Promise<void> {
    const { review, clock, prepare } = this.#context;
    const { signal } = this.#asking;
    const manifest = await this.#listing.finish(entries, new Pace(clock), unsent);
    if (signal.aborted) return;
    if ('type' in manifest) return tell(manifest);
    // Before a person is asked: what they say yes to can begin.
    await prepare();
    await review.decide(manifest, signal, clock, (decision) => {
      this.#isDecided = true;
      tell(decision);
    });
  }

  /** The sender changes its offer. */
  takeBack(): void {
    this.#asking.abort();
    this.#asking = new AbortController();
  }

  /** No content comes before the offer is accepted. The person reads the table's sentence, in their language. */
  take(): never {
    throw new TransferError('protocol-violation');
  }
}
