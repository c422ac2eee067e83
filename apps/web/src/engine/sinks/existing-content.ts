// What lies in a sink's folder of a file that is offered: a part of an earlier attempt or, where the person consents, a file
// that stands there.
import {
  type ByteSink,
  type ByteSource,
  copyFinal,
  type ExistingContent,
  type ManifestEntry,
  newerExisting,
  numberedPath,
  TransferError,
} from '@p2p-copy/core';
import { diskError } from '../folders/disk-error.ts';
import { splitPath } from '../folders/sink-folders.ts';
import { openBlob } from '../sources/blob-source.ts';

export interface ExistingContext {
  /** A new part for the entry. */
  openNew(): Promise<ByteSink>;
  /** The entry's part, with its content. */
  reopen(part: FileSystemFileHandle): Promise<ByteSink>;
}

export interface Found {
  content: ExistingContent;
  /** Its name in the folder. */
  name: string;
}

/**
 * The newer one of the entry's part and, only if `withFinal` is set, of the file that stands under its name; null
 * when there is neither.
 * @param listed what the folder holds
 * @param names those of the entry's part and of its file
 * @throws TransferError `sink-failed`
 */
export async function findExisting(
  listed: ReadonlyMap<string, FileSystemHandle>,
  names: { part: string; final: string },
  entry: ManifestEntry,
  withFinal: boolean,
  context: ExistingContext,
): Promise<Found | null> {
  const part = await fileAt(listed, names.part, entry);
  const final = withFinal ? await finalOf(listed, names.final, entry) : null;
  const newer = newerExisting(part && dated(part), final && { ...dated(final.file), name: final.name });
  if (newer === null) return null;
  if ('part' in newer) {
    const { file: part } = newer.part;
    const handle = listed.get(names.part) as FileSystemFileHandle;
    const adopt = async () => {
      const now = await fileAt(listed, names.part, entry);
      if (now?.size !== part.size || now.lastModified !== part.lastModified) throw changed(entry);
      return context.reopen(handle);
    };
    return { name: handle.name, content: contentOf(handle, part, entry, false, adopt) };
  }
  const { file, name: finalName } = newer.final;
  const handle = listed.get(finalName) as FileSystemFileHandle;
  const content = contentOf(handle, file, entry, true, () => copyOf(file, entry, context));
  return { name: finalName, content };
}

/** What was here before got its name first: of files as large as the entry the last one may be ours. */
async function finalOf(
  listed: ReadonlyMap<string, FileSystemHandle>,
  name: string,
  entry: ManifestEntry,
): Promise<{ name: string; file: File } | null> {
  let best: { name: string; file: File } | null = null;
  for (let number = 0; listed.has(numberedPath(name, number)); number += 1) {
    const candidate = numberedPath(name, number);
    const file = await fileAt(listed, candidate, entry);
    if (file !== null && (best === null || file.size === entry.sizeBytes)) best = { name: candidate, file };
  }
  return best;
}

async function fileAt(
  listed: ReadonlyMap<string, FileSystemHandle>,
  name: string,
  entry: ManifestEntry,
): Promise<File | null> {
  const handle = listed.get(name);
  if (handle?.kind !== 'file') return null;
  try {
    return await (handle as FileSystemFileHandle).getFile();
  } catch (cause) {
    throw diskError(cause, entry.path, 'read');
  }
}

function contentOf(
  handle: FileSystemFileHandle,
  file: File,
  entry: ManifestEntry,
  isFinal: boolean,
  adopt: () => Promise<ByteSink>,
): ExistingContent {
  const isUntouched = async () => {
    const now = await handle.getFile().catch(() => null);
    return now?.size === file.size && now.lastModified === file.lastModified;
  };
  // A browser tells no more of a place than its path.
  const [folderPath] = splitPath(entry.path);
  return {
    sizeBytes: file.size,
    isFinal,
    identity: `${folderPath}/${handle.name}`,
    version: `${file.size}:${file.lastModified}`,
    open: async () => sourceOf(file, entry),
    isUntouched,
    adopt,
  };
}

function sourceOf(file: File, entry: ManifestEntry): ByteSource {
  const source = openBlob(file, entry.path);
  return {
    ...source,
    read: (offset, into) =>
      source.read(offset, into).catch((cause: unknown) => {
        throw new TransferError('sink-failed', `“${entry.path}” cannot be read here.`, { cause });
      }),
  };
}

function copyOf(file: File, entry: ManifestEntry, context: ExistingContext): Promise<ByteSink> {
  const sizeBytes = Math.min(file.size, entry.sizeBytes ?? file.size);
  return copyFinal(sourceOf(file, entry), context.openNew, sizeBytes, () => changed(entry));
}

function dated(file: File) {
  return { file, sizeBytes: file.size, modified: file.lastModified };
}

function changed({ path }: ManifestEntry): TransferError {
  return new TransferError('part-changed', `“${path}” changed here while it was being continued.`);
}
