// What the person with the Python tool types, to the letter.
import type { ClassicTerms } from '../contract/messages.ts';

export type Direction = 'send' | 'receive';

export const ENCRYPT_OPTION = '--encrypt';

/**
 * The command that meets a `direction` of this page's.
 * @param server address of this page
 * @param files what stands where they put their own files
 */
export function theirCommand(
  direction: Direction,
  { code, encrypt }: ClassicTerms,
  { server, files }: { server: string; files: string },
): string {
  const words = [
    'p2p-copy',
    direction === 'send' ? 'receive' : 'send',
    quoted(server.replace(/^http/, 'ws')),
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
