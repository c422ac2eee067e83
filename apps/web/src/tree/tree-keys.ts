// The keys of a tree, as in every tree: up and down through its rows, to the sides into a folder and out of it.

export type Move = 'up' | 'down' | 'first' | 'last' | 'in' | 'out';

const MOVES: Record<string, Move> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'first',
  End: 'last',
  ArrowRight: 'in',
  ArrowLeft: 'out',
};
const MIRRORED: Partial<Record<Move, Move>> = { in: 'out', out: 'in' };

/** Null for a key that isn't the tree's. `isMirrored` where the language reads from right to left. */
export function moveOf(key: string, isMirrored: boolean): Move | null {
  const move = Object.hasOwn(MOVES, key) ? MOVES[key]! : null;
  return move === null || !isMirrored ? move : (MIRRORED[move] ?? move);
}
