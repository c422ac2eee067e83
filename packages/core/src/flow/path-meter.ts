// Which path content takes: that of the first record, of most bytes within the next quarter of a second, and then within each second.
import type { Clock } from '../foundation/clock.ts';
import type { Path } from '../ports/path.ts';

/** Shortest time for which a path is told, */
const WINDOW_MS = 1_000;
/** and for which that of the first record is: a transfer begins by way of the relay, and is often elsewhere at once. */
const FIRST_WINDOW_MS = 250;

/** Tells which path content takes: of the first record at once, later only a change. */
export class PathMeter {
  readonly #clock: Clock;
  readonly #tell: (path: Path) => void;
  #told: Path | null = null;
  #sinceMs = 0;
  #windowMs = FIRST_WINDOW_MS;
  readonly #bytes = new Map<string, { path: Path; bytes: number }>();

  constructor(clock: Clock, tell: (path: Path) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** Notes content that took a path. @param bytes of it */
  note(path: Path, bytes: number): void {
    const nowMs = this.#clock.nowMs();
    if (this.#told === null) {
      this.#tellChange(path, nowMs);
      return;
    }
    const name = nameOf(path);
    const before = this.#bytes.get(name)?.bytes ?? 0;
    this.#bytes.set(name, { path, bytes: before + bytes });
    if (nowMs - this.#sinceMs < this.#windowMs) return;
    this.#windowMs = WINDOW_MS;
    const [first, ...others] = this.#bytes.values();
    const most = others.reduce((best, each) => (each.bytes > best.bytes ? each : best), first!);
    this.#tellChange(most.path, nowMs);
  }

  #tellChange(path: Path, nowMs: number): void {
    this.#sinceMs = nowMs;
    this.#bytes.clear();
    if (this.#told !== null && nameOf(this.#told) === nameOf(path)) return;
    this.#told = path;
    this.#tell(path);
  }
}

function nameOf({ kind, isLocal }: Path): string {
  return `${kind} ${isLocal}`;
}
