// PowerShell before 7.4 takes what goes through a pipe or into a file for text, decodes it and encodes it anew: other bytes, and exit
// code 0. A program can't see that; it sees that PowerShell started it, by a variable that only PowerShell sets for its children.
import { fstatSync } from 'node:fs';

/** The warning about a stream of bytes; null where nothing changes them. @param descriptor 0 or 1 */
export function pipeWarning(descriptor: 0 | 1): string | null {
  const path = process.env.PSModulePath;
  // On Windows all programs have the variable, and those of PowerShell the person's own folder of modules in front.
  const isPowerShell =
    path !== undefined &&
    (process.platform !== 'win32' || /^[^;]*[\\/](Windows)?PowerShell[\\/]Modules/i.test(ofPerson(path)));
  if (!isPowerShell || !isPiped(descriptor)) return null;
  const what = descriptor === 0 ? 'is read from a pipe' : 'is written to a pipe or a file by >';
  const instead = descriptor === 0 ? 'name the file, or use cmd' : 'use --out, or cmd';
  return `PowerShell before 7.4 changes the bytes of what ${what}: ${instead}.`;
}

/** The first folder, unless it is the system's own. */
function ofPerson(path: string): string {
  const [first = ''] = path.split(';');
  return /^[a-z]:[\\/](Program Files|Windows)/i.test(first) ? '' : first;
}

function isPiped(descriptor: number): boolean {
  try {
    return !fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false;
  }
}
