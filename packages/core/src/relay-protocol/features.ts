// Features: names of what an end or a relay can do beyond its version. Each side says its own, and both use only what both
// have. docs/PROTOCOL.md section 15.
import { MAX_FEATURE_LENGTH, MAX_FEATURES } from './constants.ts';

const NAME = new RegExp(`^[a-z0-9][a-z0-9.-]{0,${MAX_FEATURE_LENGTH - 1}}$`);

/** Parses a `features` field. Empty when absent; null when it isn't a list of names, or is too long. */
export function parseFeatures(value: unknown): readonly string[] | null {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > MAX_FEATURES) return null;
  return value.every((name) => typeof name === 'string' && NAME.test(name)) ? value : null;
}

/** Features in both lists, each once, in the order of `own`. A name that one side doesn't know has no effect. */
export function commonFeatures(own: readonly string[], theirs: readonly string[]): readonly string[] {
  return own.filter((name, at) => theirs.includes(name) && own.indexOf(name) === at);
}
