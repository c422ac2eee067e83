// Names of files that run a program when a person opens them, on whatever system: marked and counted, not asked about.

/**
 * Endings of what some system runs when it is opened, or that hide what is run. Not of what it shows or mounts, such as disk images, and of
 * what runs only with permission to, which the offer tells, such as `.run` and `.bin`.
 */
const RISKY =
  'action apk app appimage application bat chm cmd com command cpl deb desktop docm exe gadget hta inf jar jnlp js jse lnk msc msi msix msp pif pkg potm ppam pptm ps1 reg rpm scf scr sh sldm url vb vbe vbs wsf wsh xlam xlsm xltm';
const RISKY_ENDINGS = new Set(RISKY.split(' '));

/** Whether opening it could run a program. */
export function couldRun({ path, executable }: { path: string; executable: boolean }): boolean {
  return executable || RISKY_ENDINGS.has(endingOf(path));
}

/** What stands after the last dot, in lower case; '' without a dot. Blanks at its end hide an ending, and some systems drop them. */
export function endingOf(path: string): string {
  const dot = path.lastIndexOf('.');
  if (dot <= path.lastIndexOf('/')) return '';
  return path
    .slice(dot + 1)
    .trim()
    .toLowerCase();
}
