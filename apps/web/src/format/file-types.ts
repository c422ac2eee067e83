// The kind of a file that people recognize, by its name.
import { endingOf } from '@p2p-copy/core';

export type FileType = 'archive' | 'code' | 'image' | 'sound' | 'text' | 'video' | 'other';

const ENDINGS: Record<Exclude<FileType, 'other'>, string> = {
  archive: '7z bz2 gz rar tar tgz xz zip zst',
  code: 'c cpp css go h html java js json kt php py rb rs sql svg swift ts vue xml yaml yml',
  image: 'avif bmp gif heic heif ico jpeg jpg png psd raw tif tiff webp',
  sound: 'aac aiff flac m4a mid mp3 oga ogg opus wav wma',
  text: 'csv doc docx epub key log md numbers odp ods odt pages pdf ppt pptx rtf tex txt xls xlsx',
  video: 'avi m4v mkv mov mp4 mpeg mpg ogv webm wmv',
};

const TYPES = new Map<string, FileType>(
  Object.entries(ENDINGS).flatMap(([type, endings]) =>
    endings.split(' ').map((ending) => [ending, type as FileType] as const),
  ),
);

export function fileTypeOf(path: string): FileType {
  return TYPES.get(endingOf(path)) ?? 'other';
}
