// How old something is that is kept for a limited time, by what was seen of its life: no wrong clock makes it old, however often
// and however far it is set. docs/PROTOCOL.md section 12.

/** A look at the clocks of a device. */
export interface Moment {
  /** The device's time of day, in ms since 1970. Anybody may set it. */
  wallMs: number;
  /** Ms since the device was started, also while it slept, which nobody sets; and which start. Null where an app can't ask. */
  boot: { id: string; uptimeMs: number } | null;
}

/** What was seen so far: plain data, to be kept beside what has the age. */
export interface ObservedAge extends Moment {
  agedMs: number;
}

const DAY_MS = 24 * 60 * 60_000;
/** What the time of day may add from one look to the next, in ms. */
export const MAX_AGED_BY_CLOCK_MS: number = DAY_MS;

/**
 * The age after another look.
 * @param before as the last look left it; null at the first, which finds age 0
 */
export function grownAge(before: ObservedAge | null, now: Moment): ObservedAge {
  return { ...now, agedMs: before === null ? 0 : before.agedMs + elapsedMs(before, now) };
}

/** Less than this needs no noting: the next look finds it all the same. */
const NOTED_MS = 60 * 60_000;

/** Whether a later age has to take the place of the noted one. Also after a clock was set back, which would hide what comes. */
export function isAgeWorthNoting(noted: ObservedAge | null, grown: ObservedAge): boolean {
  return noted === null || grown.agedMs - noted.agedMs >= NOTED_MS || grown.wallMs < noted.wallMs;
}

/** Since one start of the device by that, else by the time of day, of which a day at most is believed. */
function elapsedMs(before: Moment, now: Moment): number {
  const isSameBoot = before.boot !== null && before.boot.id === now.boot?.id;
  if (isSameBoot && now.boot!.uptimeMs >= before.boot!.uptimeMs)
    return now.boot!.uptimeMs - before.boot!.uptimeMs;
  const byClockMs = now.wallMs - before.wallMs;
  return Number.isFinite(byClockMs) ? Math.min(MAX_AGED_BY_CLOCK_MS, Math.max(0, byClockMs)) : 0;
}

/** What was kept of an age, or null when it is none. */
export function parseObservedAge(value: unknown): ObservedAge | null {
  const { agedMs, wallMs, boot } = (value ?? {}) as Partial<Record<keyof ObservedAge, unknown>>;
  if (!isAmount(agedMs) || !Number.isFinite(wallMs)) return null;
  if (boot === null) return { agedMs, wallMs: wallMs as number, boot };
  const { id, uptimeMs } = (boot ?? {}) as { id?: unknown; uptimeMs?: unknown };
  if (typeof id !== 'string' || !isAmount(uptimeMs)) return null;
  return { agedMs, wallMs: wallMs as number, boot: { id, uptimeMs } };
}

function isAmount(value: unknown): value is number {
  return Number.isFinite(value) && (value as number) >= 0;
}
