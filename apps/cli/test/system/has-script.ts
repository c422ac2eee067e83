// Whether script(1) is here, which runs a command under a terminal.
import { execFileSync } from 'node:child_process';

export const hasScript = ((): boolean => {
  try {
    execFileSync('script', ['-qec', 'true', '/dev/null']);
    return true;
  } catch {
    return false;
  }
})();
