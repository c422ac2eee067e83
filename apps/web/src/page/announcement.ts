// What a screen reader is told, politely: changes of state and each quarter of a transfer.
import type { OfferChanges } from '@p2p-copy/core';
import { formatNumber } from '../format/quantities.ts';
import { spoken } from '../i18n/spoken.svelte.ts';
import { flowInWords, type TransferFlow } from '../progress/transfer-flow.svelte.ts';
import type { TransferProgress } from '../progress/transfer-progress.svelte.ts';
import type { ReceiveSession } from '../sessions/receive-session.svelte.ts';
import type { ReceiveState } from '../sessions/receive-state.ts';
import type { SendSession } from '../sessions/send-session.svelte.ts';
import type { View } from './app-state.svelte.ts';

export function announcementOf(view: View): string {
  switch (view.name) {
    case 'home':
    case 'link':
    case 'shared':
    case 'classic':
    case 'kept':
      return '';
    case 'send':
      return ofFlow(view.session.flow, false) ?? ofSending(view.session);
    case 'receive':
      return ofFlow(view.session.flow, true, isKept(view.session)) ?? ofReceiving(view.session.state);
  }
}

/** Null while it moves. Figures are left out, so that nothing is said again and again. */
function ofFlow({ shown, missingBytes }: TransferFlow, isHere: boolean, isKept = false): string | null {
  if (shown.name === 'moving') return null;
  if (shown.name === 'comparing') return spoken.words.announced.comparing;
  const { title, details } = flowInWords(shown, { isHere, missingBytes, isKept });
  return `${title} ${details}`;
}

function isKept({ state, isResumable }: ReceiveSession): boolean {
  return state.name === 'receiving' && isResumable;
}

function ofSending({ state, classic }: SendSession): string {
  switch (state.name) {
    case 'calling':
      return spoken.words.announced.calling;
    case 'connecting':
      return spoken.words.announced.gettingCode;
    case 'offered':
      return spoken.words.announced.codeReady;
    case 'choosing':
      return spoken.words.announced.chooseAgain;
    case 'resuming':
      return spoken.words.announced.looking;
    case 'meeting':
      return spoken.words.announced.used;
    case 'waiting':
      return spoken.words.announced.waiting;
    case 'sending':
      return `${spoken.words.announced.sending} ${quarterOf(state.progress)}`;
    case 'done':
      return classic === null ? spoken.words.announced.sentDone : spoken.words.announced.sentClassic;
    // The alert says it.
    case 'token':
    case 'failed':
      return '';
  }
}

function ofReceiving(state: ReceiveState): string {
  switch (state.name) {
    case 'calling':
      return spoken.words.announced.calling;
    case 'connecting':
    case 'meeting':
      return spoken.words.announced.connecting;
    case 'resuming':
      return spoken.words.announced.looking;
    case 'reading':
      return spoken.words.announced.connected;
    case 'review':
      return state.changes === null ? spoken.words.announced.review : changesInWords(state.changes);
    case 'receiving':
      return `${spoken.words.announced.receiving} ${quarterOf(state.progress)}`;
    case 'done':
      return spoken.words.announced.receivedDone;
    case 'declined':
      return spoken.words.announced.declined;
    case 'failed':
      return '';
  }
}

function changesInWords({ added, changed }: OfferChanges): string {
  return spoken.words.changes.since(formatNumber(added.length), formatNumber(changed.length));
}

function quarterOf({ percent }: TransferProgress): string {
  return percent === null || percent < 25
    ? ''
    : spoken.words.announced.percent(Math.floor(percent / 25) * 25);
}
