// The addon for WebRTC, an optional package: whether it is here, and its functions once it is needed.
import { createRequire } from 'node:module';

/** The addon. */
export type DataChannelAddon = typeof import('node-datachannel');

const PACKAGE = 'node-datachannel';
/** Ends of the names of its binaries' packages. */
const LIBRARIES = ['', '-gnu', '-musl', '-msvc'];

/** Whether the addon is installed, with its binary for this system. Loads neither. */
export function hasDataChannelAddon(): boolean {
  try {
    const { resolve } = createRequire(createRequire(import.meta.url).resolve(PACKAGE));
    return LIBRARIES.some((library) => isResolved(resolve, library));
  } catch {
    return false;
  }
}

function isResolved(resolve: NodeJS.RequireResolve, library: string): boolean {
  try {
    resolve(`@${PACKAGE}/${process.platform}-${process.arch}${library}`);
    return true;
  } catch {
    return false;
  }
}

let loading: Promise<DataChannelAddon> | null = null;

/** @throws Error where it can't be loaded */
export function loadDataChannelAddon(): Promise<DataChannelAddon> {
  loading ??= import('node-datachannel');
  return loading;
}
