// How a receiver's person reviews an offer, by the options that were given to `receive`: at once, or when the review is resumed.
import type { Offer, RiskyPolicy } from '../../library/public-types.ts';
import { TransferError } from '../../library/transfer-error.ts';
import type { ReviewWishes } from '../../state/stored-transfer.ts';
import { createAcceptQuestion } from '../prompts/ask-accept.ts';
import {
  createChangeQuestion,
  createCompareQuestion,
  createOverwriteQuestion,
  expectAsked,
  showOffer,
} from '../prompts/ask-person.ts';
import { createRiskyQuestion } from '../prompts/ask-risky.ts';
import type { Context } from '../terminal/context.ts';
import { UsageError } from '../terminal/exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';

/**
 * The options of `receive` that decide about the offer, and the wishes themselves.
 * @param isSilent whether an offer that nobody is asked about isn't shown
 */
export function reviewByWishes(
  wishes: ReviewWishes,
  { terminal, signal }: Pick<Context, 'terminal' | 'signal'>,
  isSilent: boolean,
) {
  const { yes, maxUnsizedBytes, only } = wishes;
  const mayAsk = terminal.isInteractive && !yes;
  const askAccept = createAcceptQuestion(terminal, signal);
  return {
    wishes,
    ...(only !== undefined && { only }),
    compare: wishes.compare,
    continue: wishes.continue ?? (mayAsk && createCompareQuestion(terminal, signal)),
    ...(maxUnsizedBytes !== null && { maxUnsizedBytes }),
    ...(!yes && { acceptChanged: createChangeQuestion(terminal, signal) }),
    overwrite: overwritePolicy(wishes, mayAsk, terminal, signal),
    risky: riskyPolicy(wishes, mayAsk, terminal, signal),
    accept: (offer: Offer, withdrawn: AbortSignal) => {
      if (offer.isAnother) expectAsked(mayAsk, isSilent, terminal);
      if (!yes) return askAccept(offer, withdrawn);
      if (!isSilent) showOffer(terminal, offer);
      return true;
    },
  };
}

/**
 * The review of what one's own device offers, once it has told what it knows of the group.
 * @param mayTake whether it may still be taken, or asked about
 * @returns one that throws TransferError `declined` where it may not
 */
export function whileTrusted<R extends Pick<ReturnType<typeof reviewByWishes>, 'accept'>>(
  review: R,
  mayTake: () => boolean,
): R {
  return {
    ...review,
    accept(offer: Offer, withdrawn: AbortSignal) {
      if (mayTake()) return review.accept(offer, withdrawn);
      throw new TransferError(
        'declined',
        'That device may send nothing unasked any more: the lists of your devices differ, or it was removed.',
      );
    },
  };
}

/** @throws UsageError where somebody has to be asked, and there is no terminal */
export function expectReviewer({ yes, overwrite }: ReviewWishes, terminal: Terminal): void {
  if (terminal.isInteractive) return;
  if (!yes) {
    throw new UsageError('There is no terminal to ask whether to accept.', 'Add --yes to accept what comes.');
  }
  if (overwrite === 'ask') {
    throw new UsageError(
      'There is no terminal to ask about files that are already there.',
      'Choose --overwrite skip, rename or always.',
    );
  }
}

/** Asked about on a terminal, else left out. */
function riskyPolicy(
  { allowRisky }: ReviewWishes,
  mayAsk: boolean,
  terminal: Terminal,
  signal: AbortSignal,
): RiskyPolicy {
  if (allowRisky) return 'accept';
  return mayAsk ? createRiskyQuestion(terminal, signal) : 'leave-out';
}

function overwritePolicy(
  { overwrite }: ReviewWishes,
  mayAsk: boolean,
  terminal: Terminal,
  signal: AbortSignal,
) {
  const policy = overwrite ?? (mayAsk ? 'ask' : 'rename');
  return policy === 'ask' ? createOverwriteQuestion(terminal, signal) : policy;
}
