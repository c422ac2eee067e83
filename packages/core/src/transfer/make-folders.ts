// The folders of an accepted offer, made before any file comes.
import type { FolderSink } from '../ports/byte-sink.ts';
import type { Clock } from '../ports/clock.ts';
import type { ManifestEntry } from '../ports/entry.ts';
import { Pace } from '../ports/pace.ts';

/** A disk may take some 20 µs for each, without giving the event loop a turn. */
const FOLDERS_IN_A_TURN = 256;

/** Errors: those of the sink. */
export async function makeFolders(
  sink: FolderSink,
  wanted: readonly ManifestEntry[],
  clock: Clock,
): Promise<void> {
  const pace = new Pace(clock, FOLDERS_IN_A_TURN);
  for (const { kind, path } of wanted) {
    if (kind !== 'folder') continue;
    await sink.makeFolder(path);
    await pace.step();
  }
}
