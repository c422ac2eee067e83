// A word of a command that a person is shown to type or copy: quoted where a shell would read more in it than its letters.

/** In single quotes for a POSIX shell, in double ones for cmd and PowerShell. */
export function forShell(word: string): string {
  if (process.platform === 'win32') return /^[\w.:/\\@+-]+$/.test(word) ? word : `"${word}"`;
  return /^[\w.:/@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
