// One member of a room as this end sees it: its card, the keys with it, whether it has answered, and what it said of its chain.
import { concat, equalBytes, hexOf, randomBytes } from '../foundation/bytes.ts';
import { MAX_MISSED_BEATS, MAX_SYNC_PAUSE_BEATS } from '../wire/limits.ts';
import { type Card, isEmptyCard } from './card.ts';
import type { PairChannel } from './pair-channel.ts';
import type { RoomMessage } from './room-message.ts';

const PING_NONCE_BYTES = 16;
/** Heads of one member that lead to a sync in one visit: a member that makes them up keeps nobody busy. */
const MAX_HEADS = 8;

/** A member whose card was opened. It stays one for the whole visit: keys never begin anew. */
export class PresentMember {
  readonly card: Card;
  readonly channel: PairChannel;
  /** Where the relay says it is; null when it has gone. */
  number: number | null = null;
  /** Whether it has answered a ping of this visit. */
  isThere = false;
  #asked: Uint8Array<ArrayBuffer> | null = null;
  #missed = 0;
  #isOffered = false;
  readonly #heads = new Set<string>();
  /** The head that led to the sync that is under way. */
  #head: string | null = null;
  #isSyncing = false;
  #failures = 0;
  #restBeats = 0;

  constructor(card: Card, channel: PairChannel) {
    this.card = card;
    this.channel = channel;
  }

  /** Whether its card names no device. */
  get isAnonymous(): boolean {
    return isEmptyCard(this.card);
  }

  /** Whether it may ask for a meeting with that device: with itself only. @param device null where its card names it */
  mayAskAs(device: Uint8Array | null): boolean {
    const { publicKey } = this.card;
    return device === null ? !this.isAnonymous : this.isAnonymous || equalBytes(device, publicKey);
  }

  /** The ping that is due; the same one again while it isn't answered. @param head of this end's chain */
  ping(head: Uint8Array<ArrayBuffer>): RoomMessage {
    this.#asked ??= randomBytes(PING_NONCE_BYTES);
    return { type: 'ping', nonce: this.#asked, head };
  }

  /** A beat has passed. @returns whether it is no longer there because of that */
  beat(): boolean {
    if (this.#restBeats > 0) this.#restBeats -= 1;
    this.#missed = this.#asked === null ? 0 : this.#missed + 1;
    if (!this.isThere || this.#missed < MAX_MISSED_BEATS) return false;
    this.isThere = false;
    return true;
  }

  /** @returns whether it is there from now on because of that */
  answered(nonce: Uint8Array): boolean {
    if (this.#asked === null || !equalBytes(nonce, this.#asked)) return false;
    this.#asked = null;
    this.#missed = 0;
    const isNew = !this.isThere;
    this.isThere = true;
    return isNew;
  }

  /** @returns whether it was there until now */
  gone(): boolean {
    const wasThere = this.isThere;
    this.number = null;
    this.isThere = false;
    this.#asked = null;
    this.#missed = 0;
    return wasThere;
  }

  /** Whether a sync with it came to nothing some beats ago: another one may wait. */
  get isResting(): boolean {
    return this.#restBeats > 0;
  }

  /** @returns whether a sync is to be offered to it: once in this visit, and again after one that failed */
  noteOffer(): boolean {
    if (this.#isOffered || this.#isSyncing || this.isResting) return false;
    this.#isOffered = true;
    this.#isSyncing = true;
    return true;
  }

  /** @returns whether a head that isn't known is worth a sync, which begins with that */
  noteHead(head: Uint8Array): boolean {
    if (this.#isSyncing || this.isResting) return false;
    const name = hexOf(head);
    if (this.#heads.has(name) || this.#heads.size >= MAX_HEADS) return false;
    this.#heads.add(name);
    this.#head = name;
    this.#isSyncing = true;
    return true;
  }

  /** A sync with it is over. After one that failed, the reason for it counts as new again, after a pause that doubles each time. */
  syncEnded(isDone: boolean): void {
    this.#isSyncing = false;
    if (isDone) {
      this.#failures = 0;
      this.#head = null;
      return;
    }
    this.#isOffered = false;
    if (this.#head !== null) this.#heads.delete(this.#head);
    this.#head = null;
    this.#restBeats = Math.min(2 ** this.#failures, MAX_SYNC_PAUSE_BEATS);
    this.#failures += 1;
  }
}

/** What makes two cards the same member. */
export function memberId({ publicKey, entry, agreementKey }: Card): string {
  return hexOf(concat(publicKey, entry, agreementKey));
}
