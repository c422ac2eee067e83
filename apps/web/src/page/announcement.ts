// What a screen reader is told, politely: changes of state and each quarter of a transfer.
import type { View } from './app-state.svelte.ts';
import type { ReceiveState } from './receive-session.svelte.ts';
import type { SendSession } from './send-session.svelte.ts';
import { flowInWords, type TransferFlow } from './transfer-flow.svelte.ts';
import type { TransferProgress } from './transfer-progress.svelte.ts';

const CALLING = 'Waiting for the other side to start the command.';

export function announcementOf(view: View): string {
  switch (view.name) {
    case 'home':
    case 'link':
    case 'classic':
    case 'kept':
      return '';
    case 'send':
      return ofFlow(view.session.flow, false) ?? ofSending(view.session);
    case 'receive':
      return ofFlow(view.session.flow, true) ?? ofReceiving(view.session.state);
  }
}

/** Null while it moves. Figures are left out, so that nothing is said again and again. */
function ofFlow({ shown, missingBytes }: TransferFlow, isHere: boolean): string | null {
  if (shown.name === 'moving') return null;
  if (shown.name === 'comparing') return 'Comparing what is already here.';
  const { title, details } = flowInWords(shown, { isHere, missingBytes });
  return `${title} ${details}`;
}

function ofSending({ state, classic }: SendSession): string {
  switch (state.name) {
    case 'calling':
      return CALLING;
    case 'connecting':
      return 'Getting a code.';
    case 'offered':
      return 'The code is ready.';
    case 'choosing':
      return 'Choose the same files again.';
    case 'rejoining':
      return 'Looking for the other side.';
    case 'meeting':
      return 'Someone used the code.';
    case 'waiting':
      return 'Connected. Waiting for them to accept.';
    case 'sending':
      return `Sending. ${quarterOf(state.progress)}`;
    case 'done':
      return classic === null
        ? 'Done. Received and verified by the other side.'
        : 'Sent. Ask them whether everything arrived.';
    // The alert says it.
    case 'failed':
      return '';
  }
}

function ofReceiving(state: ReceiveState): string {
  switch (state.name) {
    case 'calling':
      return CALLING;
    case 'connecting':
    case 'meeting':
      return 'Connecting to the sender.';
    case 'rejoining':
      return 'Looking for the other side.';
    case 'reading':
      return 'Connected.';
    case 'review':
      return 'The list of files is here.';
    case 'receiving':
      return `Receiving. ${quarterOf(state.progress)}`;
    case 'done':
      return 'Done. Everything is verified.';
    case 'declined':
      return 'Declined.';
    case 'failed':
      return '';
  }
}

function quarterOf({ percent }: TransferProgress): string {
  return percent === null || percent < 25 ? '' : `${Math.floor(percent / 25) * 25} percent.`;
}
