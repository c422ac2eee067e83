// `--path`: which way content takes.
import type { PathChoice } from '@p2p-copy/core';
import { Option } from 'commander';

/** The choices. */
const PATHS = ['auto', 'relay', 'direct', 'tcp', 'quic'] as const satisfies readonly PathChoice[];

/** The option, without a default: a resumed transfer has its own. */
export function pathOption(): Option {
  return new Option(
    '--path <which>',
    'way that content takes: the shortest (auto, the default), the relay alone, which hides your addresses from the other side, or direct connections alone, of any kind or over TCP or QUIC',
  ).choices(PATHS);
}

/** The option of the library; empty where the person gave none. */
export function pathOf({ path }: { path?: PathChoice }): { path?: PathChoice } {
  return path === undefined ? {} : { path };
}
