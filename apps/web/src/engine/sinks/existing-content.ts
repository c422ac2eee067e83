// What lies in a sink's folder of a file that is offered: a part of an earlier attempt or, where the person consents, a file
// that stands there.
import {
  type ByteSink,
  type ByteSource,
  type ExistingContent,
  type ManifestEntry,
  partName,
  TransferError,
} from '@p2p-copy/core';
import { numberedName } from '../../format/numbered-name.ts';
import { diskError } from '../folders/disk-error.ts';
import { splitPath } from '../folders/sink-folders.ts';
import { openBlob } from '../sources/blob-source.ts';

const COPY_BYTES = 1024 * 1024;

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
 * The newer one of the entry's part and, only if `withFinal` is set, of the file that stands under its name; null when there is
 * neither. Errors: `sink-failed`.
 * @param listed what the folder holds
 */
export async function findExisting(
  listed: ReadonlyMap<string, FileSystemHandle>,
  name: string,
  entry: ManifestEntry,
  withFinal: boolean,
  context: ExistingContext,
): Promise<Found | null> {
  const part = await fileAt(listed, partName(name), entry);
  const final = withFinal ? await finalOf(listed, name, entry) : null;
  if (part !== null && part.size > 0 && (final === null || part.lastModified >= final.file.lastModified)) {
    const handle = listed.get(partName(name)) as FileSystemFileHandle;
    const adopt = async () => {
      const now = await fileAt(listed, handle.name, entry);
      if (now?.size !== part.size || now.lastModified !== part.lastModified) throw changed(entry);
      return context.reopen(handle);
    };
    return { name: handle.name, content: contentOf(handle, part, entry, false, adopt) };
  }
  if (final === null) return null;
  const { file, name: finalName } = final;
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
  for (let n = 0; listed.has(numberedName(name, n)); n++) {
    const candidate = numberedName(name, n);
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
    throw diskError(cause, entry.path);
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

/** Until the commit, who looks at the final name finds what was there. */
async function copyOf(file: File, entry: ManifestEntry, context: ExistingContext): Promise<ByteSink> {
  const source = sourceOf(file, entry);
  const sink = await context.openNew();
  try {
    const end = Math.min(file.size, entry.sizeBytes ?? file.size);
    for (let offset = 0; offset < end; offset += COPY_BYTES) {
      const piece = new Uint8Array(Math.min(COPY_BYTES, end - offset));
      if ((await source.read(offset, piece)) < piece.length) throw changed(entry);
      await sink.write(offset, piece);
    }
    return sink;
  } catch (error) {
    await sink.abandon(false);
    throw error;
  } finally {
    await source.close();
  }
}

function changed({ path }: ManifestEntry): TransferError {
  return new TransferError('part-changed', `“${path}” changed here while it was being continued.`);
}
