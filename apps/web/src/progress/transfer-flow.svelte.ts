// Whether a transfer moves, and what it waits for when it doesn't: nothing of this is an end.
import { type ErrorCode, isPeerOnceAfter, type Path, TransferTally } from '@p2p-copy/core';
import { freeBytes } from '../capabilities/free-bytes.ts';
import type { Place } from '../capabilities/places.ts';
import type { Refusal } from '../contract/browser-refusal.ts';
import type { EngineEvent } from '../contract/messages.ts';
import { formatBytes, percentOf } from '../format/quantities.ts';
import { refusalInWords } from '../format/refusal-in-words.ts';
import { spoken } from '../i18n/spoken.svelte.ts';
import { type MissingConnection, outageInWords } from './outage.ts';
import type { TransferProgress } from './transfer-progress.svelte.ts';

/** How long a good piece of news is shown. */
const NEWS_MS = 5000;
/** An outage of this length is one of which is said who is missing. */
export const LONG_OUTAGE_MS = 10_000;

export type Flow =
  | { name: 'moving' }
  | ({ name: 'reconnecting' } & MissingConnection)
  | { name: 'reconnected' }
  | { name: 'comparing'; percent: number }
  /** A disk takes no more: this device's, or the other one's. */
  | { name: 'paused'; code: ErrorCode; message: string; refusal?: Refusal };

export class TransferFlow {
  /** How much more room is needed here, where the browser tells. */
  missingBytes = $state<number | null>(null);
  /** Which way content takes; null before any has gone. */
  path = $state.raw<Path | null>(null);

  /** The last one, which is over while `#isConnected`. */
  #outage = $state.raw<MissingConnection | null>(null);
  #isConnected = $state(true);
  #hasBegun = false;
  /** Whether the other end said that nobody but what runs there now can go on for it. */
  #isPeerOnce = $state(false);
  #pause = $state.raw<Extract<Flow, { name: 'paused' }> | null>(null);
  #comparedPercent = $state<number | null>(null);
  #isNews = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #longTimer: ReturnType<typeof setTimeout> | undefined;

  /** What matters most just now. */
  get shown(): Flow {
    const { outage } = this;
    if (outage !== null) return { name: 'reconnecting', ...outage };
    if (this.#pause !== null) return this.#pause;
    if (this.#comparedPercent !== null) return { name: 'comparing', percent: this.#comparedPercent };
    return { name: this.#isNews ? 'reconnected' : 'moving' };
  }

  /** The connection that is missing just now; null while there is one. */
  get outage(): MissingConnection | null {
    return this.#isConnected ? null : this.#outage;
  }

  get isPeerOnce(): boolean {
    return this.#isPeerOnce;
  }

  /** Whether nothing can come just now. */
  get isStill(): boolean {
    return !this.#isConnected || this.#pause !== null;
  }

  /** Takes what the engine told; false where it is about something else. */
  take(event: EngineEvent): boolean {
    if (event.type !== 'reconnecting') this.#hasBegun = true;
    this.#isPeerOnce = isPeerOnceAfter(event, this.#isPeerOnce);
    switch (event.type) {
      case 'reconnecting':
        this.#noteOutage(event);
        return true;
      case 'reconnected':
        this.#isConnected = true;
        clearTimeout(this.#longTimer);
        // Who was started anew says again what holds it up.
        if (event.restarted) this.#pause = null;
        this.#tellNews();
        return true;
      case 'unresumable':
        return true;
      case 'paused':
        this.#pause = pauseOf(event);
        this.missingBytes = null;
        return true;
      case 'continued':
        this.#pause = null;
        return true;
      case 'comparing':
        this.#comparedPercent = percentOf(event.bytes, event.totalBytes);
        return true;
      case 'path':
        this.path = { kind: event.kind, isLocal: event.isLocal };
        return false;
      case 'accepted':
      case 'progress':
        this.#comparedPercent = null;
        return false;
      default:
        return false;
    }
  }

  /** Another session begins, which has met nobody. */
  restart(): void {
    this.close();
    [this.#isConnected, this.#hasBegun, this.#isNews] = [true, false, false];
    this.#isPeerOnce = false;
    [this.#pause, this.#comparedPercent, this.path] = [null, null, null];
  }

  /** Of what is still to come, what the browser has no room for. */
  async measureRoom({ bytes, totalBytes }: TransferProgress, place: Place): Promise<void> {
    if (totalBytes === null) return;
    const free = place === 'browser' ? await freeBytes() : null;
    const toCome = totalBytes - bytes;
    // A disk that is full has less room than the browser believes.
    this.missingBytes = free === null || free >= toCome ? toCome : toCome - free;
  }

  close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#longTimer);
  }

  /** What is missing may change; since when, and until when, stay. */
  #noteOutage({ missing, leftMs }: EngineEvent & { type: 'reconnecting' }): void {
    const { outage } = this;
    this.#isConnected = false;
    if (outage !== null) {
      this.#outage = { ...outage, missing };
      return;
    }
    const sinceMs = Date.now();
    this.#outage = {
      missing,
      sinceMs,
      untilMs: sinceMs + leftMs,
      isFirst: !this.#hasBegun,
      isPeerOnce: this.#isPeerOnce,
      isLong: false,
    };
    this.#isNews = false;
    this.#longTimer = setTimeout(() => {
      if (this.#outage !== null) this.#outage = { ...this.#outage, isLong: true };
    }, LONG_OUTAGE_MS);
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
    isKept = false,
  }: {
    /** Whether the disk is this device's. */
    isHere: boolean;
    missingBytes: number | null;
    /** Whether what has arrived here outlives this tab. */
    isKept?: boolean;
  },
): { title: string; details: string } {
  switch (flow.name) {
    case 'reconnecting':
      return outageInWords(flow, isKept);
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

function pauseOf({ code, message, refusal }: EngineEvent & { type: 'paused' }): Paused {
  return { name: 'paused', code, message, ...(refusal !== undefined && { refusal }) };
}

function pauseTitle(
  { code, message, refusal }: Paused,
  isHere: boolean,
  missingBytes: number | null,
): string {
  if (code !== 'no-space')
    return isHere
      ? spoken.words.flow.pausedHere(
          refusal === undefined
            ? (spoken.words.problems[code]?.sentence ?? message)
            : refusalInWords(refusal).sentence,
        )
      : spoken.words.flow.pausedThere;
  if (!isHere) return spoken.words.flow.noRoomThere;
  return missingBytes === null
    ? spoken.words.flow.noRoomHere
    : spoken.words.flow.moreRoom(formatBytes(missingBytes));
}

function pauseDetails({ code, refusal }: Paused, isHere: boolean): string {
  const { solvedThere, makeRoom, checkFolder } = spoken.words.flow;
  if (!isHere) return solvedThere;
  if (code === 'no-space') return makeRoom;
  return refusal === undefined ? checkFolder : spoken.words.refusals.goesOn(refusalInWords(refusal).advice);
}

/** Counts what moves from now on. */
export function newTally(): TransferTally {
  return new TransferTally({ nowMs: () => performance.now() });
}
