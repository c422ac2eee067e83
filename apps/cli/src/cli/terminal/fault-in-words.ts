// A fault that nothing expected, for the last line of a process. Without imports: it is said when nothing can be loaded any more.

/** Of a bug of ours its stack; of a system that lets nothing more be opened a sentence and what to do. */
export function faultInWords(fault: unknown): string {
  const { code, stack } = (fault ?? {}) as { code?: unknown; stack?: string };
  if (code !== 'EMFILE' && code !== 'ENFILE') return stack ?? String(fault);
  return 'This process, or this computer, has as many files open as it may.\nRaise the limit (ulimit -n 1024), then run p2p-copy again; p2p-copy resume lists what is unfinished.';
}
