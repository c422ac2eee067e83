// Which of the accepted files have something on the receiver's disk that may be compared. docs/PROTOCOL.md section 12.
import type { ExistingContent, FolderSink } from '../ports/byte-sink.ts';
import type { ManifestEntry } from '../ports/entry.ts';
import { MIN_COMPARED_BYTES } from '../wire/limits.ts';
import { ComparedFile, comparableChunks } from './compared-file.ts';
import type { RefusedChunks } from './refused-chunks.ts';

/**
 * Looks up the wanted files, and reads nothing of them.
 * @param finals indices of files that may also be compared with a file under their final name
 * @param pace counts the lookups, and gives the event loop a turn when one is due: a sink may look without
 * @returns by index, ascending
 * @throws TransferError those of the sink, and of noting what is asked about
 */
export async function findCompared(
  sink: FolderSink,
  wanted: readonly ManifestEntry[],
  finals: ReadonlySet<number>,
  refused: RefusedChunks,
  pace: { step(): Promise<void> | null },
): Promise<Map<number, ComparedFile>> {
  const found: { index: number; content: ExistingContent; file: ComparedFile }[] = [];
  for (const entry of wanted) {
    await pace.step();
    const { index, kind, sizeBytes } = entry;
    if (kind !== 'file' || sizeBytes === null || sizeBytes < MIN_COMPARED_BYTES) continue;
    const content = (await sink.findExisting?.(entry, finals.has(index))) ?? null;
    const chunks = content === null ? 0 : comparableChunks(entry, content);
    if (content !== null && chunks > 0)
      found.push({ index, content, file: new ComparedFile(entry, content, chunks) });
  }
  const admitted = await refused.admit(found);
  return new Map(admitted.map(({ index, file }) => [index, file]));
}
