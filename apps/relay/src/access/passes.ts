// Passes: what a sender that was admitted by a token gets with its pair, to open more connections of the same transfer and to
// come back, also when the token has ended meanwhile. The relay keeps none of them: it knows its own by their MAC.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** How long a pass is good after it was given, in ms: a day. */
export const PASS_LIFETIME_MS = 24 * 60 * 60_000;

const MAC_BYTES = 32;
const TIME_BYTES = 6;

export class Passes {
  /** Of this process: a relay that is started anew knows no pass of before. */
  readonly #key = randomBytes(32);

  /**
   * @param id of the token, base64url
   * @param nowMs of a clock that never goes back
   */
  issue(id: string, nowMs: number): string {
    const time = Buffer.alloc(TIME_BYTES);
    time.writeUIntBE(Math.floor(nowMs), 0, TIME_BYTES);
    const body = Buffer.concat([time, Buffer.from(id, 'base64url')]);
    return Buffer.concat([body, this.#macOf(body)]).toString('base64url');
  }

  /** The id of the token for which a pass was given; null for one that isn't good any more, or never was. */
  verify(pass: string, nowMs: number): string | null {
    const bytes = Buffer.from(pass, 'base64url');
    if (bytes.length <= MAC_BYTES + TIME_BYTES) return null;
    const [body, mac] = [bytes.subarray(0, -MAC_BYTES), bytes.subarray(-MAC_BYTES)];
    if (!timingSafeEqual(this.#macOf(body), mac)) return null;
    if (nowMs - body.readUIntBE(0, TIME_BYTES) > PASS_LIFETIME_MS) return null;
    return body.subarray(TIME_BYTES).toString('base64url');
  }

  #macOf(body: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(body).digest();
  }
}
