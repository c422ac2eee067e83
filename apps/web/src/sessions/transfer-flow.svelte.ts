// Whether a transfer moves, and what it waits for when it doesn't: nothing of this is an end, and nothing is lost.
import type { ErrorCode, TransferEvent } from '@p2p-copy/core';
import { formatBytes, percentOf } from '../format/quantities.ts';
import { spoken } from '../i18n/spoken.svelte.ts';

/** How long a good piece of news is shown. */
const NEWS_MS = 5000;

export type Flow =
  | { name: 'moving' }
  | { name: 'reconnecting' }
  | { name: 'reconnected' }
  | { name: 'comparing'; percent: number }
  /** A disk takes no more: this device's, or the other one's. */
  | { name: 'paused'; code: ErrorCode; message: string };

export class TransferFlow {
  /** How much more room is needed here, where the browser tells. */
  missingBytes = $state<number | null>(null);

  #isConnected = $state(true);
  #pause = $state.raw<Extract<Flow, { name: 'paused' }> | null>(null);
  #comparedPercent = $state<number | null>(null);
  #isNews = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** What matters most just now. */
  get shown(): Flow {
    if (!this.#isConnected) return { name: 'reconnecting' };
    if (this.#pause !== null) return this.#pause;
    if (this.#comparedPercent !== null) return { name: 'comparing', percent: this.#comparedPercent };
    return { name: this.#isNews ? 'reconnected' : 'moving' };
  }

  /** Whether nothing can come just now. */
  get isStill(): boolean {
    return !this.#isConnected || this.#pause !== null;
  }

  /** Takes what the engine told; false where it is about something else. */
  take(event: TransferEvent): boolean {
    switch (event.type) {
      case 'reconnecting':
        this.#isConnected = false;
        return true;
      case 'reconnected':
        this.#isConnected = true;
        // Who was started anew says again what holds it up.
        if (event.restarted) this.#pause = null;
        this.#tellNews();
        return true;
      case 'paused':
        this.#pause = { name: 'paused', code: event.code, message: event.message };
        this.missingBytes = null;
        return true;
      case 'continued':
        this.#pause = null;
        return true;
      case 'comparing':
        this.#comparedPercent = percentOf(event.bytes, event.totalBytes);
        return true;
      case 'accepted':
      case 'progress':
        this.#comparedPercent = null;
        return false;
      default:
        return false;
    }
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #tellNews(): void {
    this.#isNews = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isNews = false;
    }, NEWS_MS);
  }
}

/** The flow in a few words, and what there is to do or to know. */
export function flowInWords(
  flow: Exclude<Flow, { name: 'moving' }>,
  {
    isHere,
    missingBytes,
  }: { /** Whether the disk is this device's. */ isHere: boolean; missingBytes: number | null },
): { title: string; details: string } {
  switch (flow.name) {
    case 'reconnecting':
      return {
        title: spoken.words.flow.reconnecting,
        details: spoken.words.flow.reconnectingMore,
      };
    case 'reconnected':
      return { title: spoken.words.flow.reconnected, details: '' };
    case 'comparing':
      return {
        title: spoken.words.flow.comparing,
        details: spoken.words.flow.comparingMore(flow.percent),
      };
    case 'paused':
      return { title: pauseTitle(flow, isHere, missingBytes), details: pauseDetails(flow, isHere) };
  }
}

type Paused = Extract<Flow, { name: 'paused' }>;

function pauseTitle({ code, message }: Paused, isHere: boolean, missingBytes: number | null): string {
  if (code !== 'no-space')
    return isHere
      ? spoken.words.flow.pausedHere(spoken.words.problems[code]?.sentence ?? message)
      : spoken.words.flow.pausedThere;
  if (!isHere) return spoken.words.flow.noRoomThere;
  return missingBytes === null
    ? spoken.words.flow.noRoomHere
    : spoken.words.flow.moreRoom(formatBytes(missingBytes));
}

function pauseDetails({ code }: Paused, isHere: boolean): string {
  if (!isHere) return spoken.words.flow.solvedThere;
  return code === 'no-space' ? spoken.words.flow.makeRoom : spoken.words.flow.checkFolder;
}
