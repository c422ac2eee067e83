// Two views of one group: which of them is the newer one, or where they part. docs/PROTOCOL.md section 20.
import { equalBytes } from '../foundation/bytes.ts';
import type { Chain } from './chain.ts';
import type { Statement } from './statement.ts';

/** Two statements with one predecessor: a person decides. */
export interface Fork {
  own: Statement;
  theirs: Statement;
  /** The other view, in whole. */
  chain: Chain;
}

/** What becomes of another view. */
export type Merged =
  /** It is this one, or an older state of this one. */
  | { kind: 'known' }
  /** It begins with this one, and has more. */
  | { kind: 'newer'; chain: Chain }
  | { kind: 'fork'; fork: Fork }
  /** It is another group's. */
  | { kind: 'foreign' };

/** Compares another end's chain with this end's own; both are verified. */
export function mergeChains(own: Chain, theirs: Chain): Merged {
  if (!equalBytes(own.groupId, theirs.groupId)) return { kind: 'foreign' };
  for (const [seq, ours] of own.statements.entries()) {
    const other = theirs.statements[seq];
    if (other === undefined) return { kind: 'known' };
    if (equalBytes(ours.hash, other.hash)) continue;
    return { kind: 'fork', fork: { own: ours, theirs: other, chain: theirs } };
  }
  const hasMore = theirs.statements.length > own.statements.length;
  return hasMore ? { kind: 'newer', chain: theirs } : { kind: 'known' };
}
