// Names of files that run a program when a person opens them, on whatever system: marked and counted, not asked about.

/** Endings that a double click runs on some system, or that hide what is run. */
const RISKY =
  'action apk app appimage application bat bin chm cmd com command cpl deb desktop dll dmg docm exe gadget hta inf ipa iso jar jnlp js jse lnk msc msi msix msp pif pkg potm ppam pptm ps1 reg rpm run scf scr sh sldm url vb vbe vbs vhd vhdx wsf wsh xlam xlsm xltm';
const RISKY_ENDINGS = new Set(RISKY.split(' '));

/** Whether opening it could run a program. */
export function couldRun({ path, executable }: { path: string; executable: boolean }): boolean {
  return executable || RISKY_ENDINGS.has(endingOf(path));
}

/** What stands after the last dot, in lower case; blanks at its end hide an ending, and some systems drop them. */
export function endingOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name
    .slice(name.lastIndexOf('.') + 1)
    .trim()
    .toLowerCase();
}
