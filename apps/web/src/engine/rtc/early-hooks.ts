// What a data channel tells before anyone listens is kept until then.
import type { RtcChannelHooks } from '@p2p-copy/core';

/** Far above what an end says before it is answered. */
const MAX_EARLY_BYTES = 1024 * 1024;

/** Hooks that pass on to others, once those are attached. */
export class EarlyHooks implements RtcChannelHooks {
  readonly #onFlood: () => void;
  #hooks: RtcChannelHooks | null = null;
  #early: Uint8Array<ArrayBuffer>[] = [];
  #earlyBytes = 0;
  #isClosed = false;

  /** @param onFlood told where too much comes too early */
  constructor(onFlood: () => void) {
    this.#onFlood = onFlood;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Called once. What was told before is told at once. */
  attach(hooks: RtcChannelHooks): void {
    this.#hooks = hooks;
    for (const bytes of this.#early.splice(0)) hooks.onMessage(bytes);
    if (this.#isClosed) hooks.onClosed();
  }

  onMessage(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#isClosed) return;
    if (this.#hooks !== null) {
      this.#hooks.onMessage(bytes);
      return;
    }
    this.#early.push(bytes);
    this.#earlyBytes += bytes.length;
    if (this.#earlyBytes <= MAX_EARLY_BYTES) return;
    this.#early = [];
    this.#onFlood();
  }

  onLow(): void {
    if (!this.#isClosed) this.#hooks?.onLow();
  }

  onClosed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#hooks?.onClosed();
  }
}
