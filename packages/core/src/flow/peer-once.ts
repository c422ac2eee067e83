// Whether the other end can go on only in the process that runs there, from what an app is told of the transfer.

/** Of a transfer’s events, what tells of it. */
interface Told {
  type: string;
  restarted?: boolean;
}

/** Whether the other end said so, until another process goes on for it all the same. @param before the answer before this event */
export function isPeerOnceAfter({ type, restarted = false }: Told, before: boolean): boolean {
  if (type === 'unresumable') return true;
  return before && !(type === 'reconnected' && restarted);
}
