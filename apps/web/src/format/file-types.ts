// What a file's name tells of it: a kind that people recognize, and whether opening it could run a program.

export type FileType = 'archive' | 'code' | 'image' | 'sound' | 'text' | 'video' | 'other';

const ENDINGS: Record<Exclude<FileType, 'other'>, string> = {
  archive: '7z bz2 gz rar tar tgz xz zip zst',
  code: 'c cpp css go h html java js json kt php py rb rs sql svg swift ts vue xml yaml yml',
  image: 'avif bmp gif heic heif ico jpeg jpg png psd raw tif tiff webp',
  sound: 'aac aiff flac m4a mid mp3 oga ogg opus wav wma',
  text: 'csv doc docx epub key log md numbers odp ods odt pages pdf ppt pptx rtf tex txt xls xlsx',
  video: 'avi m4v mkv mov mp4 mpeg mpg ogv webm wmv',
};

/** Endings that a double click runs on some system, or that hide what is run. */
const RISKY =
  'action apk app appimage application bat bin chm cmd com command cpl deb desktop dll dmg docm exe gadget hta inf ipa iso jar jnlp js jse lnk msc msi msix msp pif pkg potm ppam pptm ps1 reg rpm run scf scr sh sldm url vb vbe vbs vhd vhdx wsf wsh xlam xlsm xltm';

const TYPES = new Map<string, FileType>(
  Object.entries(ENDINGS).flatMap(([type, endings]) =>
    endings.split(' ').map((ending) => [ending, type as FileType] as const),
  ),
);
const RISKY_ENDINGS = new Set(RISKY.split(' '));

export function fileTypeOf(path: string): FileType {
  return TYPES.get(endingOf(path)) ?? 'other';
}

/** Whether opening it could run a program, on whatever system. */
export function couldRun({ path, executable }: { path: string; executable: boolean }): boolean {
  return executable || RISKY_ENDINGS.has(endingOf(path));
}

/** What stands after the last dot. */
function endingOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  // Blanks at its end hide an ending, and some systems drop them.
  return name
    .slice(name.lastIndexOf('.') + 1)
    .trim()
    .toLowerCase();
}
