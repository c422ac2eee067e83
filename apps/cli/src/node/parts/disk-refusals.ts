// What a disk refuses beside content: modes, times, links, and to say when a file is durable. USB sticks, shares and disks that were mounted for
// somebody else do. The content is verified and gets its name all the same; the person reads one warning.
import { counted } from '../../wording/amounts.ts';
import { quoted } from '../../wording/show-text.ts';
import { errnoOf } from '../disk/disk-error.ts';

/** Something beside content that is set on a file or a folder, or asked of it. */
export type Setting = 'mode' | 'time' | 'flush' | 'link';

/**
 * Errnos of a flush that the disk has no notion of. Any other means that content may be lost: EACCES and EPERM are how a share says that it
 * refused what was written before.
 */
const NO_FLUSH = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Whether a flush failed only since the disk has no notion of one. */
export function isUnknownFlush(error: unknown): boolean {
  return NO_FLUSH.has(errnoOf(error) ?? '');
}

/** Counts what the disk refused in a transfer. */
export class DiskRefusals {
  readonly #counts: Record<Setting, number> = { mode: 0, time: 0, flush: 0, link: 0 };
  readonly #left: string[] = [];

  /**
   * Runs what sets a mode or a time, and counts it where the disk refuses.
   * @throws Error what isn't the system's own
   */
  tolerate(setting: 'mode' | 'time', set: () => void): void {
    try {
      set();
    } catch (error) {
      if (errnoOf(error) === null) throw error;
      this.note(setting);
    }
  }

  note(setting: Setting): void {
    this.#counts[setting] += 1;
  }

  /**
   * Counts a flush that the disk doesn't know.
   * @throws Error `error`, where content may be lost
   */
  noteFlush(error: unknown): void {
    if (!isUnknownFlush(error)) throw error;
    this.#counts.flush += 1;
  }

  /** A part of a file that has its name can't be removed. @param path below the output folder */
  noteLeft(path: string): void {
    this.#left.push(path);
  }

  /** Parts of finished files that stay, below the output folder. */
  get left(): readonly string[] {
    return this.#left;
  }

  /** Those that were refused at least once. */
  get settings(): Setting[] {
    return (['mode', 'time', 'flush', 'link'] as const).filter((setting) => this.#counts[setting] > 0);
  }
}

/** The warning for a person; null where nothing was refused. */
export function refusalsInWords(settings: readonly Setting[], left: readonly string[] = []): string | null {
  const sentences: string[] = [];
  const kept = [settings.includes('mode') && 'permissions', settings.includes('time') && 'dates'].filter(
    Boolean,
  );
  if (kept.length > 0)
    sentences.push(
      `The disk did not let the ${kept.join(' and ')} of all files and folders be set; their content is complete.`,
    );
  if (settings.includes('flush'))
    sentences.push(
      'The disk does not tell when content is stored for good: eject it before you take it away.',
    );
  if (settings.includes('link'))
    sentences.push('Some symbolic links could not be made here; all that came of files is complete.');
  const [first, ...others] = left;
  if (first !== undefined) {
    const more = others.length === 0 ? '' : ` and ${counted(others.length, 'more part')}`;
    sentences.push(
      `${quoted(first)}${more} could not be deleted, since another program has it open; the files themselves are complete.`,
    );
  }
  return sentences.length === 0 ? null : sentences.join(' ');
}
