// The phase in which a sender offers: it tells its list, takes what the receiver says of it, and may take it back until it is accepted.

import { nextTurn } from '../async/pace.ts';
import { TransferError } from '../foundation/errors.ts';
import type { OfferedToReceiver } from '../machine/sender-events.ts';
import { offerEvent } from '../offer/offer-event.ts';
import { sendManifestPages } from '../offer/send-manifest.ts';
import { type LeavingOut, SenderOffer } from '../offer/sender-offer.ts';
import type { SourceEntry } from '../ports/byte-source.ts';
import type { ComparedFile, ControlMessage } from '../wire/control-message.ts';
import { violation } from '../wire/fields.ts';
import { LINKS, MODES } from '../wire/greeting.ts';
import { MAX_UNSENT } from '../wire/limits.ts';
import type { OpenedSession } from './opened-session.ts';
import { Sending, type SendingContext } from './sending.ts';

/** What a sender's phases are given beside their session. */
export interface OfferingContext extends SendingContext {
  /** Whether no session came before this one. */
  isFirst: boolean;
}

/** For a receiver that makes no links: their targets are offered by themselves. */
function withoutLinks(entries: readonly SourceEntry[]): readonly SourceEntry[] {
  return entries.some(({ kind }) => kind === 'link')
    ? entries.filter(({ kind }) => kind !== 'link')
    : entries;
}

/** The offers of one session, of which the last is accepted. */
export class Offering implements OfferedToReceiver<{ offering: Offering; sending: Sending }> {
  readonly #session: OpenedSession;
  readonly #context: OfferingContext;
  /** The offer that is being told, or is told, and which version of the entries it has. */
  #told: { offer: SenderOffer; version: unknown } | null = null;

  constructor(session: OpenedSession, context: OfferingContext) {
    this.#session = session;
    this.#context = context;
  }

  /**
   * Tells the latest entries.
   * @param onOutdated called when they have changed again meanwhile
   * @throws TransferError those of the scan, of `SenderOffer`
   */
  async offer(onOutdated: () => void): Promise<void> {
    const { clock, bulk, signal, options } = this.#context;
    const { lanes, features } = this.#session;
    const hasModes = features.includes(MODES);
    this.#told = null;
    const gathered = await options.offered.latest();
    const entries = features.includes(LINKS) ? gathered : withoutLinks(gathered);
    const linksLeftOut = gathered.length - entries.length;
    const { version } = options.offered;
    const unsent = options.offered.unsent + linksLeftOut;
    const offer = new SenderOffer(entries, { bulk, signal, hasModes, pause: () => nextTurn(clock) });
    this.#told = { offer, version };
    const event = await offerEvent(entries, linksLeftOut, clock);
    if (!(await sendManifestPages(entries, { lanes, hasModes, clock, signal }))) return;
    options.onEvent(event);
    // Before the receiver can answer, so that this end can come back from then on.
    await options.onResumable?.(this.#session.transferSecret, entries);
    if (signal.aborted) return;
    // Where nothing was noted of it.
    this.#session.tellOnce();
    offer.isMade = true;
    const said = this.#session.say({
      type: 'manifest-end',
      entries: entries.length,
      ...(unsent > 0 && { unsent: Math.min(unsent, MAX_UNSENT) }),
    });
    if (version !== options.offered.version) onOutdated();
    await said;
  }

  /** Whether the receiver can be told that the offer has changed. One that isn't told yet takes the change in. */
  get mayBeWithdrawn(): boolean {
    return this.#told?.offer.isMade === true && this.#context.options.offered.mayOfferAgain;
  }

  /** Tells the receiver that another offer follows. */
  withdraw(): Promise<void> {
    return this.#session.say({ type: 'withdraw' });
  }

  /**
   * Takes entries that aren't to be sent.
   * @throws TransferError `protocol-violation`
   */
  leaveOut(message: LeavingOut): void {
    this.#made().offer.leaveOut(message, this.#context.isFirst);
  }

  /**
   * Takes files that are to be compared.
   * @throws TransferError `protocol-violation`
   */
  compare(files: readonly ComparedFile[]): void {
    this.#made().offer.comparison.want(files);
  }

  /** Nothing is compared before the offer is accepted. */
  keep(): never {
    throw new TransferError('protocol-violation');
  }

  pathOf(index: number): string | undefined {
    return this.#told?.offer.entries[index]?.path;
  }

  accept(message: ControlMessage & { type: 'accept' }): Sending {
    const { offer, version } = this.#made();
    const isOutdated = version !== this.#context.options.offered.version;
    return new Sending(this.#session, { offer, isOutdated }, message, this.#context);
  }

  #made(): { offer: SenderOffer; version: unknown } {
    if (!this.#told?.offer.isMade) throw violation('an offer was answered before it was made');
    return this.#told;
  }
}
