// The note of the transfer that this process runs: made when the ends have met, removed when it is done or declined, and left
// for `p2p-copy resume` otherwise.
import type { EndNote, ErrorCode, ReceiveNote } from '../../library/public-types.ts';
import { TransferError } from '../../library/transfer-error.ts';
import type { TransferLock } from '../../node/disk/process-lock.ts';
import { keepMs, stateFolder } from '../../state/state-folder.ts';
import { hasBegun, type StoredTransfer, type TransferContent } from '../../state/stored-transfer.ts';
import { TransferStore } from '../../state/transfer-store.ts';
import { quoted } from '../../wording/show-text.ts';
import { UsageError } from '../terminal/exit-codes.ts';

/** @throws UsageError for an environment that can't be right */
export function openStore(): TransferStore {
  const keep = keepMs();
  if (keep !== null) return new TransferStore(stateFolder(), keep);
  throw new UsageError(
    `P2P_COPY_KEEP_DAYS is ${quoted(process.env.P2P_COPY_KEEP_DAYS ?? '')}, which is not a number of days.`,
    'Set it to a whole number from 0 to 365, or unset it.',
  );
}

/** A note that this process has a hold of. */
export interface HeldNote {
  lock: TransferLock;
  transfer: StoredTransfer;
}

/** Ends after which nobody comes back. */
const OVER: ReadonlySet<'done' | ErrorCode> = new Set(['done', 'declined', 'discarded', 'not-in-group']);

/** Ends of a review after which the other side may still be there, or come back. After any other it knows that it is over. */
const RESUMABLE_REVIEW: ReadonlySet<'done' | ErrorCode> = new Set([
  'peer-gone',
  'peer-silent',
  'connection-lost',
  'wait-expired',
  'code-in-use',
  'relay-unreachable',
  'not-a-relay',
  'relay-full',
  'rate-limited',
  'relay-refused',
  'relay-token-needed',
  'relay-token-refused',
  'relay-token-expired',
  'relay-limit-transfer',
  'relay-limit-day',
  'relay-limit-time',
  'relay-limit-idle',
  'relay-limit-network',
  'interrupted',
  'stopped',
]);

/** The last of what was noted of the end of a transfer. */
export function endOf(notes: readonly ReceiveNote[]): EndNote['ended'] | null {
  return notes.reduce<EndNote['ended'] | null>((last, note) => ('ended' in note ? note.ended : last), null);
}

export class KeptTransfer {
  readonly #store: TransferStore;
  readonly #report: { kept(id: string): void; notKept(id: string): void; warning(sentence: string): void };
  #held: HeldNote | null;

  /**
   * @param held of the transfer that is resumed
   * @param report is told under which id the transfer can be continued, or that it can't
   */
  constructor(
    store: TransferStore,
    report: { kept(id: string): void; notKept(id: string): void; warning(sentence: string): void },
    held: HeldNote | null = null,
  ) {
    this.#store = store;
    this.#report = report;
    this.#held = held;
  }

  get transfer(): StoredTransfer | null {
    return this.#held?.transfer ?? null;
  }

  /** Whether it can be continued by its note. */
  get isKept(): boolean {
    return this.#held !== null;
  }

  /** Whether a transfer that begins now is noted. */
  get keepsAny(): boolean {
    return this.#store.keepsAny;
  }

  /** Whether an offer was accepted, in this process or an earlier one. */
  get hasBegun(): boolean {
    return this.#held !== null && hasBegun(this.#held.transfer);
  }

  /** Notes that the receiver has accepted what this end offers. */
  noteAccepted(): void {
    const transfer = this.#held?.transfer;
    if (transfer?.role === 'send' && !transfer.isAccepted) this.keep({ ...transfer, isAccepted: true });
  }

  /** It can't be continued after all. */
  drop(): void {
    const held = this.#held;
    if (held === null) return;
    this.#store.remove(held.transfer.id);
    this.release();
    this.#report.notKept(held.transfer.id);
  }

  /** Notes what it takes to continue, or what has become of that. */
  keep(content: TransferContent): void {
    if (!this.#store.keepsAny) return;
    try {
      if (this.#held === null) this.#begin(content);
      else if (this.#isForgotten(this.#held)) this.release();
      else this.#write(this.#held, content);
    } catch {
      this.#report.warning(
        'This transfer cannot be continued after a restart: no note of it could be written.',
      );
    }
  }

  /** What was noted beside the transfer that is resumed. */
  get notes(): ReceiveNote[] {
    return this.#held === null ? [] : this.#store.notes(this.#held.transfer.id);
  }

  /** How far its end had come; null for not that far. */
  get ended(): EndNote['ended'] | null {
    return endOf(this.notes);
  }

  /**
   * Notes something beside it.
   * @throws TransferError `sink-failed`, where the note has to be there before anything else happens
   */
  async add(note: ReceiveNote): Promise<void> {
    if (this.#held === null) return;
    try {
      await this.#store.append(this.#held.transfer.id, note);
    } catch (error) {
      if ('refused' in note)
        throw new TransferError('sink-failed', 'What was found here can not be noted.', { cause: error });
    }
  }

  /**
   * @returns whether it can be continued: not when it is done, declined, or stopped for good at either side, nor when a review
   *   ended at both
   */
  end(outcome: 'done' | ErrorCode): boolean {
    const held = this.#held;
    if (held === null) return false;
    if (this.#isForgotten(held)) {
      this.release();
      return false;
    }
    const isOver = OVER.has(outcome) || (!hasBegun(held.transfer) && !RESUMABLE_REVIEW.has(outcome));
    try {
      if (isOver) this.#store.remove(held.transfer.id);
      else this.#write(held, held.transfer);
    } catch {
      // A full disk: the note as it was says enough.
    }
    this.release();
    return !isOver;
  }

  release(): void {
    this.#held?.lock.release();
    this.#held = null;
  }

  /** Whether its device was removed meanwhile, and the note with it: what it takes to continue must not be written again. */
  #isForgotten({ transfer }: HeldNote): boolean {
    return transfer.device !== undefined && !this.#store.has(transfer.id);
  }

  #begin(content: TransferContent): void {
    this.#store.prepare();
    const id = this.#store.newId();
    const lock = this.#store.lock(id);
    if ('heldBy' in lock) throw new Error('a new name is taken');
    try {
      this.#held = { lock, transfer: this.#store.write(id, content) };
    } catch (error) {
      lock.release();
      throw error;
    }
    this.#report.kept(id);
  }

  #write(held: HeldNote, content: TransferContent): void {
    const { id, createdMs } = held.transfer;
    this.#held = { ...held, transfer: this.#store.write(id, content, createdMs) };
  }
}
