// What this end answers in a room between two beats, so that a member which asks without end doesn't use up what the relay lets this
// device say there.
import { hexOf } from '../foundation/bytes.ts';
import { MAX_ANSWERS_A_BEAT, MAX_DEVICE_ANSWERS_A_BEAT } from '../wire/limits.ts';
import type { PresentMember } from './present-member.ts';

/** Counts answers of one visit to a room. */
export class AnswerAllowance {
  readonly #ofMember = new Map<PresentMember, number>();
  /** By device key: all its entries together, and all cards that name no device. */
  readonly #ofDevice = new Map<string, number>();

  /** @returns whether one more message of that member is answered before the next beat */
  take(member: PresentMember): boolean {
    const device = hexOf(member.card.publicKey);
    const ofMember = this.#ofMember.get(member) ?? 0;
    const ofDevice = this.#ofDevice.get(device) ?? 0;
    if (ofMember >= MAX_ANSWERS_A_BEAT || ofDevice >= MAX_DEVICE_ANSWERS_A_BEAT) return false;
    this.#ofMember.set(member, ofMember + 1);
    this.#ofDevice.set(device, ofDevice + 1);
    return true;
  }

  /** A beat has passed. */
  beat(): void {
    this.#ofMember.clear();
    this.#ofDevice.clear();
  }
}
