// The states of a sending, each with what is known in it.
import { ERROR_TABLE, type ErrorRecord, type TransferResult } from '@p2p-copy/core';
import type { EngineEvent, Mismatch } from '../contract/messages.ts';
import type { Problem } from '../format/problem.ts';
import type { Moved } from '../format/quantities.ts';
import type { TransferProgress } from '../progress/transfer-progress.svelte.ts';

/** What became of the code, or of who opened it last. */
export type Notice = 'burned' | 'lost' | 'left' | 'other-version' | null;

/** A code as it is shown, valid until `untilMs`, by the wall clock. */
interface ShownCode {
  code: string;
  untilMs: number;
}

export type SendState =
  /** Classic: the code is known, and whoever comes first waits for the other. */
  | { name: 'calling' }
  | { name: 'connecting'; notice: Notice }
  | ({ name: 'offered'; notice: Notice } & ShownCode)
  | ({ name: 'meeting' } & ShownCode)
  | { name: 'waiting'; words: string[] }
  /** Resumed, where the browser gave no handles: the same files are to be chosen again. */
  | { name: 'choosing'; mismatch: Mismatch | null }
  /** The server wants an access token, or another one. */
  | { name: 'token'; problem: Problem }
  /** Resumed: the other side is sought. */
  | { name: 'resuming' }
  | { name: 'sending'; words: string[]; progress: TransferProgress; isStopping: boolean }
  /** `moved`: null where an earlier tab moved it. */
  | { name: 'done'; result: TransferResult; moved: Moved | null }
  /** `canSendAgain`: the same files, with a new code. */
  | { name: 'failed'; problem: Problem; canSendAgain: boolean };

/** States in which nobody has accepted. */
export const OPEN_STATES: ReadonlySet<SendState['name']> = new Set([
  'connecting',
  'offered',
  'meeting',
  'waiting',
]);

/** The state after an event about the code, or who came with it; null where the event changes none. */
export function afterCodeEvent(state: SendState, event: EngineEvent): SendState | null {
  switch (event.type) {
    case 'code': {
      const { code, validMs } = event;
      const notice = state.name === 'connecting' ? state.notice : null;
      return { name: 'offered', code, untilMs: Date.now() + validMs, notice };
    }
    case 'code-burned':
      return { name: 'connecting', notice: 'burned' };
    case 'code-lost':
      return { name: 'connecting', notice: 'lost' };
    case 'joined': {
      if (state.name !== 'offered') return null;
      const { code, untilMs } = state;
      return { name: 'meeting', code, untilMs };
    }
    case 'left':
      if (state.name !== 'meeting') return null;
      return { ...state, name: 'offered', notice: event.code === 'peer-version' ? 'other-version' : 'left' };
    case 'verifier':
      return { name: 'waiting', words: event.words };
    default:
      return null;
  }
}

/** Whether other conditions than the files themselves were in the way. */
export function maySendAgain({ code }: ErrorRecord): boolean {
  return ERROR_TABLE[code].fault !== 'local';
}
