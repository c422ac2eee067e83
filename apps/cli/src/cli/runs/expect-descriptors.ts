// Whether this process may open what a transfer needs, asked before a code is shown or used.
import { tooFewDescriptors } from '../../node/descriptors.ts';
import { UsageError } from '../terminal/exit-codes.ts';

/** @throws UsageError which says how to raise the limit */
export function expectDescriptors(): void {
  const few = tooFewDescriptors();
  if (few !== null) throw new UsageError(few.sentence, few.next);
}
