// Which path content takes: that of most bytes within a second.
import type { Clock } from '../foundation/clock.ts';
import type { Path } from '../ports/path.ts';

/** Shortest time for which a path is told. */
const WINDOW_MS = 1_000;

/** Tells which path content takes: of the first record at once, later only a change. */
export class PathMeter {
  readonly #clock: Clock;
  readonly #tell: (path: Path) => void;
  #told: Path | null = null;
  #sinceMs = 0;
  readonly #bytes = new Map<string, { path: Path; bytes: number }>();

  constructor(clock: Clock, tell: (path: Path) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** Notes content that took a path. @param bytes of it */
  note(path: Path, bytes: number): void {
    const nowMs = this.#clock.nowMs();
    if (this.#told === null) {
      this.#turn(path, nowMs);
      return;
    }
    const name = nameOf(path);
    const before = this.#bytes.get(name)?.bytes ?? 0;
    this.#bytes.set(name, { path, bytes: before + bytes });
    if (nowMs - this.#sinceMs < WINDOW_MS) return;
    const [first, ...others] = this.#bytes.values();
    const most = others.reduce((best, each) => (each.bytes > best.bytes ? each : best), first!);
    this.#turn(most.path, nowMs);
  }

  #turn(path: Path, nowMs: number): void {
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
