// The lanes of a running transfer, for the sender: a record goes to whichever has the least on the way, of the direct ones while one
// stands, but of those over WebRTC only where that was found to bring more than the relay. What a socket has taken says little: the
// system takes megabytes for a slow connection, and the receiver's window would lie there.
import type { Bytes } from '../foundation/bytes.ts';
import type { DialledKind, DirectKind } from '../ports/path.ts';
import type { Lane } from './lane.ts';

/** A lane takes another record while it has at most this much queued: enough to keep a fast path busy. */
const LANE_BUFFER_BYTES = 1024 * 1024;

/** The lanes of a transfer: each data record goes to the one with the least unacknowledged. */
export class LanePool {
  readonly #lanes: Lane[] = [];
  #waiting = 0;
  readonly #wakers = new Set<() => void>();

  // What waits for room looks for it anew when one of these changes.
  #inUse = 1;
  #isMixed = false;
  #takesWebrtc = false;
  #isOnlyDirect = false;
  #preferred: DialledKind = 'tcp';

  /** Told which lane a record is given to, and its bytes. */
  onSend: ((lane: Lane, bytes: number) => void) | null = null;

  /** Lanes that records go to, the first ones that were added. The others wait to be used again. */
  get inUse(): number {
    return this.#inUse;
  }

  set inUse(lanes: number) {
    this.#inUse = lanes;
    this.noteConnection();
  }

  /** Whether data also takes lanes by way of the relay while a direct one stands. */
  get isMixed(): boolean {
    return this.#isMixed;
  }

  set isMixed(isMixed: boolean) {
    this.#isMixed = isMixed;
    this.noteConnection();
  }

  /** Whether data takes lanes over WebRTC in place of the relay's. */
  get takesWebrtc(): boolean {
    return this.#takesWebrtc;
  }

  set takesWebrtc(takesWebrtc: boolean) {
    this.#takesWebrtc = takesWebrtc;
    this.noteConnection();
  }

  /** Whether data takes direct lanes alone, and waits for one where none stands. */
  get isOnlyDirect(): boolean {
    return this.#isOnlyDirect;
  }

  set isOnlyDirect(isOnlyDirect: boolean) {
    this.#isOnlyDirect = isOnlyDirect;
    this.noteConnection();
  }

  /** Of the direct lanes, the kind that data takes while one of it stands. */
  get preferred(): DialledKind {
    return this.#preferred;
  }

  set preferred(kind: DialledKind) {
    this.#preferred = kind;
    this.noteConnection();
  }

  add(lane: Lane): void {
    this.#lanes.push(lane);
  }

  /** Lanes that were added. */
  get size(): number {
    return this.#lanes.length;
  }

  /** Whether every lane in use has a connection. */
  get isConnected(): boolean {
    const used = this.#lanes.filter((lane, number) => number === 0 || (number < this.inUse && !lane.isEnded));
    return this.size >= this.inUse && used.every((lane) => lane.isConnected);
  }

  /** Whether a direct lane stands. */
  get hasDirect(): boolean {
    return this.#lanes.some(({ isDirect }) => isDirect);
  }

  /** Whether a direct lane of a kind stands. */
  standsBy(kind: DirectKind): boolean {
    return this.#lanes.some(({ isDirect, path }) => isDirect && path?.kind === kind);
  }

  /** Whether a lane over WebRTC stands. */
  get hasWebrtc(): boolean {
    return this.standsBy('webrtc');
  }

  /** Whether a lane stands by way of the relay. */
  get hasRelay(): boolean {
    return this.#lanes.some(({ isConnected, isDirect }) => isConnected && !isDirect);
  }

  /** Whether a direct lane stands on which something got through, and of a kind that isn't judged first. */
  get hasProvenDirect(): boolean {
    return this.#lanes.some((lane) => isDialled(lane) && lane.hasCarried);
  }

  /** Whether data takes a direct path as long as there is one. */
  get prefersDirect(): boolean {
    return this.hasProvenDirect || (this.takesWebrtc && this.hasWebrtc);
  }

  /** A lane got a connection, or lost one. */
  noteConnection(): void {
    for (const wake of this.#wakers) wake();
  }

  /** Whether a record waits for room: the path holds it up. */
  get isFull(): boolean {
    return this.#waiting > 0;
  }

  /** Whether a lane has sent all that it was given. */
  get isIdle(): boolean {
    return this.#used.some((lane) => lane.bufferedBytes === 0);
  }

  /** Sends a record on a lane that has room, after waiting for one. */
  async send(plaintext: Bytes): Promise<void> {
    const lane = await this.#roomiest();
    // What is given to a lane that has ended takes no path.
    if (!lane.isEnded) this.onSend?.(lane, plaintext.length);
    await lane.send(plaintext);
  }

  async #roomiest(): Promise<Lane> {
    for (;;) {
      const [main] = this.#lanes;
      if (main?.isEnded) return main;
      const [first, ...others] = this.#used.filter(({ bufferedBytes }) => bufferedBytes <= LANE_BUFFER_BYTES);
      if (first !== undefined) {
        return others.reduce(
          (best, lane) => (lane.unacknowledgedBytes < best.unacknowledgedBytes ? lane : best),
          first,
        );
      }
      this.#waiting += 1;
      let wake = () => {};
      const change = new Promise<void>((resolve) => {
        wake = resolve;
      });
      this.#wakers.add(wake);
      await Promise.race([change, ...this.#used.map((lane) => lane.drained(LANE_BUFFER_BYTES / 2))]);
      this.#wakers.delete(wake);
      this.#waiting -= 1;
    }
  }

  get #used(): readonly Lane[] {
    const { isOnlyDirect, hasProvenDirect, isMixed } = this;
    const preferred = this.#lanes.filter((lane) => this.#isPreferred(lane));
    const overWebrtc = this.#lanes.filter(isOverWebrtc);
    if (hasProvenDirect && !isMixed) return preferred.slice(0, this.inUse);
    if (isOnlyDirect) return [...preferred, ...overWebrtc].slice(0, this.inUse);
    if (this.takesWebrtc && !hasProvenDirect && overWebrtc.length > 0) return overWebrtc.slice(0, this.inUse);
    const used = this.#lanes.filter((lane, number) => this.#isUsed(lane, number));
    // While no other lane stands, those over WebRTC carry data in its place.
    const others = used.filter((lane) => !isOverWebrtc(lane));
    return others.some(({ isConnected }) => isConnected) ? others : used;
  }

  /** Those that never got a connection aren't. The end of the first is that of the transfer. */
  #isUsed(lane: Lane, number: number): boolean {
    if (number === 0) return true;
    if (lane.isEnded || (isDialled(lane) && !this.#isPreferred(lane))) return false;
    return number < this.inUse || lane.isDirect;
  }

  /** Whether it is a dialled lane of the preferred kind, or of any where none of that stands. */
  #isPreferred(lane: Lane): boolean {
    return isDialled(lane) && (lane.path?.kind === this.#preferred || !this.standsBy(this.#preferred));
  }
}

/** Whether a lane stands on a data channel of WebRTC. */
export function isOverWebrtc({ isDirect, path }: Lane): boolean {
  return isDirect && path?.kind === 'webrtc';
}

/** Whether a lane is direct, over TCP or QUIC: such a kind isn't judged before it carries data. */
function isDialled(lane: Lane): boolean {
  return lane.isDirect && !isOverWebrtc(lane);
}
