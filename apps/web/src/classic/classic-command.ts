// What the person with the Python tool types, to the letter.
import type { ClassicTerms } from '../contract/messages.ts';

export type Direction = 'send' | 'receive';

/** The Python tool's name among people: its command is `p2p-copy`, as ours. */
export const CLASSIC_PROGRAM = 'p2p-copy 0.1';
export const ENCRYPT_OPTION = '--encrypt';

/**
 * The command that meets a `direction` of this page's.
 * @param origin of this page
 * @param files what stands where they put their own files
 */
export function theirCommand(
  direction: Direction,
  { code, encrypt }: ClassicTerms,
  { origin, files }: { origin: string; files: string },
): string {
  const server = origin.replace(/^http/, 'ws');
  const words = [
    'p2p-copy',
    direction === 'send' ? 'receive' : 'send',
    server,
    quoted(code),
    ...(direction === 'receive' ? [files] : []),
    ...(encrypt ? [ENCRYPT_OPTION] : []),
  ];
  return words.join(' ');
}

/** As a shell takes it for one word. Double quotes where they do: every system knows them. */
function quoted(word: string): string {
  if (/^[\p{L}\p{N}_.,:/@+-]+$/u.test(word)) return word;
  return /["$`\\!%]/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : `"${word}"`;
}
