// What one check of `p2p-copy doctor` found.

export interface Finding {
  check: 'program' | 'relay' | 'clock' | 'proxy' | 'certificates' | 'output' | 'state' | 'terminal';
  /** `note`: nothing is broken, and it may surprise. */
  result: 'ok' | 'note' | 'mend';
  sentence: string;
  /** What to do; only with `mend`. */
  next?: string;
}

export function ok(check: Finding['check'], sentence: string): Finding {
  return { check, result: 'ok', sentence };
}
