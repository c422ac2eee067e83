// The kinds of values that settings have.
import { readBytes, readDuration, showBytes, showDuration } from './amounts.ts';
import type { Kind } from './setting.ts';

/** Written for an empty list, and for a setting that has no value. */
const NONE = 'none';

export function whole(unit: string, min: number, max: number): Kind<number> {
  const allowed = `a whole number from ${min} to ${max} (${unit})`;
  return {
    ...within(min, max),
    unit,
    allowed,
    allowedWritten: allowed,
    placeholder: 'number',
    read: (text) => (/^\d{1,15}$/.test(text) ? Number(text) : undefined),
    show: String,
  };
}

/** Typed as whole ms, so its name ends in `Ms`; written with a unit. */
export function duration(minMs: number, maxMs: number): Kind<number> {
  return {
    ...within(minMs, maxMs),
    unit: 'ms',
    allowed: `a whole number from ${minMs} to ${maxMs} (ms)`,
    allowedWritten: `a duration from ${showDuration(minMs)} to ${showDuration(maxMs)} with its unit, ms, s, m, h or d, such as 90s`,
    placeholder: 'duration',
    read: readDuration,
    show: showDuration,
  };
}

/** @param unit `bytes`, or what a rate of them is */
export function bytes(min: number, max: number, unit = 'bytes'): Kind<number> {
  return {
    ...within(min, max),
    unit,
    allowed: `a whole number from ${min} to ${max} (${unit})`,
    allowedWritten: `a size from ${showBytes(min)} to ${showBytes(max)} (${unit}), such as 65536, 64k (64,000) or 64Ki (65,536)`,
    placeholder: 'size',
    read: readBytes,
    show: showBytes,
  };
}

/** @param accepts asked of texts that aren't blank */
export function text(
  unit: string,
  allowed: string,
  accepts: (value: string) => boolean = () => true,
): Kind<string> {
  return {
    unit,
    allowed,
    allowedWritten: allowed,
    placeholder: unit,
    isList: false,
    accepts: (value) => isFilledText(value) && accepts(value),
    read: (written) => written,
    show: (value) => value,
  };
}

export function textOrNone(
  unit: string,
  thing: string,
  accepts?: (value: string) => boolean,
): Kind<string | null> {
  const filled = text(unit, thing, accepts);
  return {
    ...filled,
    allowed: `${thing}, or null for none`,
    allowedWritten: `${thing}, or ${NONE}`,
    accepts: (value) => value === null || filled.accepts(value),
    read: (written) => (written === NONE ? null : written),
    show: (value) => value ?? NONE,
  };
}

/** A kind that may be left without a value. */
export function orNone<T extends number>(kind: Kind<T>): Kind<T | null> {
  return {
    ...kind,
    allowed: `${kind.allowed}, or null for none`,
    allowedWritten: `${kind.allowedWritten}, or ${NONE}`,
    accepts: (value) => value === null || kind.accepts(value),
    read: (written) => (written === NONE ? null : kind.read(written)),
    show: (value) => (value === null ? NONE : kind.show(value)),
  };
}

export function choice<T extends string>(unit: string, choices: readonly T[]): Kind<T> {
  return {
    unit,
    allowed: choices.join(', '),
    allowedWritten: choices.join(', '),
    placeholder: unit,
    isList: false,
    accepts: (value) => (choices as readonly unknown[]).includes(value),
    read: (written) => choices.find((each) => each === written),
    show: (value) => value,
  };
}

/** Typed as a list of texts; written with commas. */
export function list(
  unit: string,
  things: string,
  accepts: (value: string) => boolean,
): Kind<readonly string[]> {
  return {
    unit,
    allowed: `a list of ${things}`,
    allowedWritten: `${things}, with commas between them, or ${NONE}`,
    placeholder: unit,
    isList: true,
    accepts: (value) =>
      Array.isArray(value) && value.every((each) => typeof each === 'string' && accepts(each)),
    read: (written) => (written === NONE ? [] : written.split(',').map((each) => each.trim())),
    show: (value) => (value.length === 0 ? NONE : value.join(',')),
  };
}

const WRITTEN_SWITCHES: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  1: true,
  false: false,
  no: false,
  off: false,
  0: false,
};

/** Its flag takes no value: `--name`, or `--no-name`. */
export function onOff(): Kind<boolean> {
  return {
    unit: 'switch',
    allowed: 'true or false',
    allowedWritten: 'true or false',
    placeholder: null,
    isList: false,
    accepts: (value) => typeof value === 'boolean',
    read: (written) =>
      Object.hasOwn(WRITTEN_SWITCHES, written.toLowerCase())
        ? WRITTEN_SWITCHES[written.toLowerCase()]
        : undefined,
    show: String,
  };
}

function within(min: number, max: number) {
  return {
    isList: false,
    accepts: (value: unknown) =>
      Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
  };
}

function isFilledText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && !value.includes('\0');
}
